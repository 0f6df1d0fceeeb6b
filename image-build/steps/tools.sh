#!/usr/bin/env bash
# The tools of the release itself (lintian, systemd-analyze, GRUB, erofs) in an amd64 chroot; prints its path.
. "$(dirname "$0")/../lib.sh"
need deb
must_be_root
SOURCES="$(sources)"

PACKAGES=(debhelper lintian systemd udev shared-mime-info python3-minimal python3-venv erofs-utils grub-common ca-certificates openssl zstd)
ROOT="$CACHE/tools-$(printf '%s\n' "${PACKAGES[@]}" | digest -)"
if [ ! -e "$ROOT/.ready" ]; then
  say "tools chroot"
  rm -rf "$CACHE"/tools-*
  mmdebstrap --quiet --variant=minbase --mode=root --format=directory "${APT_OPTIONS[@]}" \
    --include="$(IFS=,; echo "${PACKAGES[*]}")" "$SUITE" "$ROOT" <<<"$SOURCES" >&2
  touch "$ROOT/.ready"
fi
echo "$ROOT"
