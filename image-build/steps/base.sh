#!/usr/bin/env bash
# The arm64 root file system of the virtual image up to, and without, our own package; prints its path. Cached by its inputs.
. "$(dirname "$0")/../lib.sh"
export SOURCE_DATE_EPOCH=$PARTS_EPOCH
need deb image
must_be_root
SOURCES="$(sources)"

packages() {
  sed -e 's/#.*//' -e '/^device:/d' -e 's/^virtual: *//' -e '/^ *$/d' "$HERE/packages.txt"
  sed -e 's/#.*//' -e 's/,.*//' -e 's/|.*//' -e 's/(.*//' -e '/^ *$/d' "$HERE/package/depends.txt"
}

ROOT="$CACHE/base-$(packages | digest -)"
if [ -e "$ROOT/.ready" ]; then
  echo "$ROOT"
  exit
fi
TOOLS="$("$HERE/steps/tools.sh")"
[ -e /proc/sys/fs/binfmt_misc/status ] || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
arch-test -n arm64 >/dev/null 2>&1 || update-binfmts --enable qemu-aarch64 || true
arch-test arm64 >/dev/null || fail "arm64 programs do not run here; install qemu-user-static and binfmt-support"

# Half an hour's cache may hold what apt has replaced since; only a build from nothing is current: make image-clean.
say "arm64 base of the virtual image (the long step)"
# Emulated, these take minutes; each is done natively afterwards. To Python an empty file is a program that has finished.
LATER="/usr/bin/py3compile /usr/bin/systemd-hwdb /usr/sbin/update-ca-certificates /usr/bin/update-mime-database"
COMPILER=/usr/lib/python3.13/py_compile.py
if [ ! -e "$ROOT/.unpacked" ]; then
rm -rf "$CACHE"/base-*
export INITRD=No
mmdebstrap --quiet --architectures=arm64 --variant=minbase --mode=root --format=directory "${APT_OPTIONS[@]}" \
  --include="$(packages | tr -s ' \n' ',,' | sed 's/,$//')" \
  --essential-hook="for f in $LATER; do chroot \"\$1\" dpkg-divert --quiet --local --rename --divert \$f.real --add \$f; ln -sf /bin/true \"\$1\"\$f; done" \
  --essential-hook="mkdir -p \"\$1\"${COMPILER%/*}; chroot \"\$1\" dpkg-divert --quiet --local --rename --divert $COMPILER.real --add $COMPILER; : > \"\$1\"$COMPILER" \
  --customize-hook="rm \"\$1\"$COMPILER; chroot \"\$1\" dpkg-divert --quiet --local --rename --remove $COMPILER" \
  --customize-hook="for f in $LATER; do rm -f \"\$1\"\$f; chroot \"\$1\" dpkg-divert --quiet --local --rename --remove \$f; done" \
  "$SUITE" "$ROOT" <<<"$SOURCES" >&2
touch "$ROOT/.unpacked"
fi

systemd_hwdb() { chroot "$TOOLS" systemd-hwdb update --root=/mnt --usr; }
compile() { chroot "$TOOLS" python3 -m compileall -q -f -j2 -s /mnt -p / --invalidation-mode unchecked-hash /mnt/usr/lib/python3 /mnt/usr/lib/python3.13 || true; }
certificates() { chroot "$TOOLS" update-ca-certificates --sysroot /mnt >&2; }
mount --bind "$ROOT" "$TOOLS/mnt"
trap 'umount "$TOOLS/mnt"' EXIT
systemd_hwdb
compile
certificates
touch "$ROOT/.ready"
echo "$ROOT"
