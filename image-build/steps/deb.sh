#!/usr/bin/env bash
# deb.sh ARCH [VERSION]: the Debian package for amd64 or arm64 in dist/; prints its path.
. "$(dirname "$0")/../lib.sh"
ARCH="${1:?amd64 or arm64}"
VERSION="${2:-$(version)}"
case "$ARCH" in
  amd64) MACHINE=x86_64 ;;
  arm64) MACHINE=aarch64 ;;
  *) fail "no package for $ARCH; amd64 and arm64 are built" ;;
esac
TOOLS="$("$HERE/steps/tools.sh")"
SRC="$TOOLS/build/$ARCH"
TREE="$SRC/debian/tree"
SITE="$TREE/opt/sproutcast/lib/python3.13/site-packages"

WHEELS="$CACHE/wheels-$ARCH-$(digest "$HERE/package/wheels.txt")"
if [ ! -e "$WHEELS/.ready" ]; then
  say "pinned wheels for $ARCH"
  rm -rf "$CACHE/wheels-$ARCH"-*
  # pip does not take a newer platform tag to mean the older ones.
  python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --no-deps --require-hashes --no-compile --target "$WHEELS" --only-binary=:all: \
    --platform "manylinux2014_$MACHINE" --platform "manylinux_2_17_$MACHINE" --platform "manylinux_2_28_$MACHINE" --platform any \
    --python-version 313 --implementation cp --abi cp313 --abi abi3 --abi none -r "$HERE/package/wheels.txt"
  rm -rf "${WHEELS:?}/bin"
  touch "$WHEELS/.ready"
fi

say "package $VERSION for $ARCH"
rm -rf "$SRC"
mkdir -p "$SITE" "$TREE/opt/sproutcast/bin" "$TREE/usr/bin" "$TREE/etc/sproutcast" "$TREE/usr/share/lintian"
cp -a "$WHEELS/." "$SITE/"
rm -f "$SITE/.ready"
if [ "$ARCH" = arm64 ]; then
  LGPIO="$("$HERE/steps/lgpio.sh")"
  cp "$LGPIO"/*lgpio* "$SITE/"
fi

# Only what is committed or about to be: no caches of a working tree.
(cd "$TOP" && git ls-files -z --cached --others --exclude-standard sproutcast_pi ui | xargs -0 tar --ignore-failed-read -cf -) | tar -xf - -C "$SITE"
sed -i "s/^__version__ = .*/__version__ = \"$VERSION\"/" "$SITE/sproutcast_pi/__init__.py"

# An environment by hand: it sees the archive's packages, and children find it through sys.executable.
printf 'home = /usr/bin\ninclude-system-site-packages = true\nversion = 3.13\n' > "$TREE/opt/sproutcast/pyvenv.cfg"
ln -s /usr/bin/python3 "$TREE/opt/sproutcast/bin/python3"
cp "$HERE/package/sproutcast.sh" "$TREE/opt/sproutcast/bin/sproutcast"
cp "$HERE/package/boot.sh" "$TREE/opt/sproutcast/bin/sproutcast-boot"
cp "$HERE/package/trying.sh" "$TREE/opt/sproutcast/bin/sproutcast-trying"
ln -s /opt/sproutcast/bin/sproutcast "$TREE/usr/bin/sproutcast"
cp "$TOP/config.example.toml" "$TREE/etc/sproutcast/config.toml"
# What a reset to the first day brings back.
install -D -m 0644 "$TOP/config.example.toml" "$TREE/usr/share/sproutcast-pi/config.toml"

cp -a "$HERE/package/debian/." "$SRC/debian/"
for unit in "$TOP"/systemd/*.service "$TOP"/systemd/*.path "$TOP"/systemd/*.socket "$TOP"/systemd/*.timer; do
  [ -e "$unit" ] && install -D -m 0644 -t "$TREE/usr/lib/systemd/system" "$unit"
done
install -D -m 0644 "$TOP/systemd/sproutcast.sysusers.conf" "$SRC/debian/sproutcast-pi.sysusers"
install -D -m 0644 "$TOP/systemd/sproutcast.tmpfiles.conf" "$SRC/debian/sproutcast-pi.tmpfiles"
install -D -m 0644 "$TOP/systemd/60-sproutcast.rules" "$SRC/debian/sproutcast-pi.udev"
cp "$TOP/README.md" "$SRC/"
echo README.md > "$SRC/debian/sproutcast-pi.docs"
DEPENDS="$(sed -e '/^#/d' -e '/^ *$/d' "$HERE/package/depends.txt" | paste -sd, | sed 's/,/, /g; s/,  /, /g')"
sed -i "s/@DEPENDS@/$DEPENDS/" "$SRC/debian/control"
cat > "$SRC/debian/changelog" <<LOG
sproutcast-pi ($VERSION) trixie; urgency=medium

  * See the project's changelog.

 -- Sproutcast Pi <sproutcast@sproutcast.invalid>  $(date -uR -d "@$SOURCE_DATE_EPOCH")
LOG
find "$SRC" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
chroot "$TOOLS" env -C "/build/$ARCH" SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" DEB_BUILD_OPTIONS="nocheck nostrip" \
  dpkg-buildpackage -b -d -us -uc -a"$ARCH" >"$CACHE/deb-$ARCH.log" 2>&1 || { tail -30 "$CACHE/deb-$ARCH.log" >&2; fail "the package was not built"; }
mkdir -p "$TOP/dist"
cp "$TOOLS/build/sproutcast-pi_${VERSION}_$ARCH.deb" "$TOP/dist/"
echo "$TOP/dist/sproutcast-pi_${VERSION}_$ARCH.deb"
