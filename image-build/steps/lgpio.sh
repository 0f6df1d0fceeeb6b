#!/usr/bin/env bash
# lgpio for Python 3.13 on arm64, cross-compiled from its pinned source; prints the directory with module and library.
. "$(dirname "$0")/../lib.sh"
need deb

OUT="$CACHE/lgpio-$(digest "$HERE/package/lgpio.txt" "$0")"
if [ ! -e "$OUT/.ready" ]; then
  say "lgpio for arm64"
  rm -rf "$CACHE"/lgpio-*
  mkdir -p "$OUT/work" "$OUT/apt/lists/partial" "$OUT/apt/cache/archives/partial"
  cd "$OUT/work"
  python3 -m pip download -q --no-deps --no-binary=:all: --require-hashes -r "$HERE/package/lgpio.txt"
  tar -xzf lgpio-*.tar.gz --strip-components=1
  # Only the headers of the release's Python are needed, so its packages are unpacked, not installed.
  sources > "$OUT/apt/sources.list"
  APT=(apt-get -q -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o "Dir::State::lists=$OUT/apt/lists"
    -o "Dir::Cache=$OUT/apt/cache" -o "Dir::Etc::sourcelist=$OUT/apt/sources.list" -o Dir::Etc::sourceparts=/none
    -o Dir::State::status=/dev/null -o Acquire::Languages=none -o Acquire::Check-Date=false -o APT::Sandbox::User=root)
  "${APT[@]}" update >&2
  "${APT[@]}" download libpython3.13-dev >&2
  dpkg-deb -x libpython3.13-dev_*.deb headers
  swig -python -Isrc lgpio.i
  aarch64-linux-gnu-gcc -O2 -fPIC -shared -Isrc -Iheaders/usr/include/python3.13 -Iheaders/usr/include \
    lgpio_wrap.c src/lg*.c src/rgpiod.c -lpthread -lrt -ldl -o "$OUT/_lgpio.cpython-313-aarch64-linux-gnu.so"
  aarch64-linux-gnu-strip --strip-unneeded "$OUT/_lgpio.cpython-313-aarch64-linux-gnu.so"
  cp lgpio.py "$OUT/"
  cp ./*LICEN* "$OUT/" 2>/dev/null || true
  cd /
  rm -rf "$OUT/work" "$OUT/apt"
  touch "$OUT/.ready"
fi
echo "$OUT"
