#!/usr/bin/env bash
# system.sh DEB OUT: the two files a slot holds, OUT/system.erofs and OUT/boot.vfat, from the base, the package and the overlays;
# and OUT/packages.txt, every package in it with its version.
. "$(dirname "$0")/../lib.sh"
DEB="${1:?the arm64 package}"
OUT="${2:?a directory}"
need deb image
BASE="$("$HERE/steps/base.sh")"
TOOLS="$("$HERE/steps/tools.sh")"
KEYS="$("$HERE/steps/key.sh")"
VIRTUAL="$HERE/virtual/overlay"

WORK="$CACHE/system-work"
ROOT="$WORK/root"
release() { local at; for at in "$ROOT/proc" "$TOOLS/mnt" "$ROOT"; do ! mountpoint -q "$at" || umount "$at"; done; }
release
rm -rf "$WORK"
mkdir -p "$WORK/upper" "$WORK/work" "$ROOT" "$OUT"
mount -t overlay overlay -o "lowerdir=$BASE,upperdir=$WORK/upper,workdir=$WORK/work" "$ROOT"
trap release EXIT
mount -t proc proc "$ROOT/proc"

say "package and overlays"
cp "$DEB" "$ROOT/tmp/package.deb"
mv "$ROOT/usr/bin/py3compile" "$ROOT/usr/bin/py3compile.real"
ln -s /bin/true "$ROOT/usr/bin/py3compile"
chroot "$ROOT" dpkg -i /tmp/package.deb >&2
mv "$ROOT/usr/bin/py3compile.real" "$ROOT/usr/bin/py3compile"
cp -a --no-preserve=ownership "$HERE/overlay/." "$VIRTUAL/." "$ROOT/"
install -D -m 0644 "$KEYS/public.pem" "$ROOT/usr/lib/sproutcast/update-key.pem"
mkdir -p "$ROOT/data" "$ROOT/var/lib/sproutcast-system" "$ROOT/boot/firmware"
while read -r path; do case "$path" in /*) mkdir -p "$ROOT$path" ;; esac; done < "$HERE/overlay/usr/lib/sproutcast/state.txt"
"$HERE/steps/settle.sh" "$ROOT"
ln -sf /usr/lib/systemd/system/sproutcast-check.service "$ROOT/etc/systemd/system/multi-user.target.wants/"

mount --bind "$ROOT" "$TOOLS/mnt"
chroot "$TOOLS" python3 -m compileall -q -f -j2 -s /mnt -p / --invalidation-mode unchecked-hash /mnt/opt/sproutcast >&2 || true
for unit in "$ROOT"/usr/lib/systemd/system/sproutcast*.{service,path,timer,socket}; do
  unit="$(basename "$unit")"
  chroot "$TOOLS" systemd-analyze --root=/mnt --man=no verify "/usr/lib/systemd/system/$unit" >&2 || fail "$unit does not verify in the image"
done
umount "$TOOLS/mnt"

dpkg-query --admindir="$ROOT/var/lib/dpkg" -W -f '${Package} ${Version}\n' | sort > "$OUT/packages.txt"
KERNEL="$(basename "$(echo "$ROOT"/boot/vmlinuz-*)" | sed 's/^vmlinuz-//')"
INITRD="$CACHE/initrd-$(find "$HERE/overlay/etc/initramfs-tools" "$HERE/overlay/usr/lib/sproutcast/persistent.sh" "$VIRTUAL/etc/initramfs-tools" -type f -exec cat {} + | cat - <(echo "$KERNEL") | digest -)"
if [ ! -e "$INITRD" ]; then
  say "initramfs"
  rm -f "$CACHE"/initrd-*
  chroot "$ROOT" env INITRD=Yes SOURCE_DATE_EPOCH="$PARTS_EPOCH" update-initramfs -c -k "$KERNEL" >&2
  cp "$ROOT/boot/initrd.img-$KERNEL" "$INITRD.new"
  mv "$INITRD.new" "$INITRD"
fi

say "boot.vfat"
FAT="$OUT/boot.vfat"
rm -f "$FAT"
truncate -s 96M "$FAT"
mkfs.vfat -F32 -n BOOT -i 5eed0002 --invariant "$FAT" >/dev/null
mcopy -i "$FAT" "$ROOT/boot/vmlinuz-$KERNEL" ::/vmlinuz
mcopy -i "$FAT" "$INITRD" ::/initrd.img
mcopy -i "$FAT" "$HERE/virtual/slot.cfg" ::/slot.cfg
mcopy -i "$FAT" "$ROOT/usr/lib/linux-image-$KERNEL/broadcom/bcm2837-rpi-3-b.dtb" ::/raspi3b.dtb

say "system.erofs"
umount "$ROOT/proc"
rm -rf "$ROOT"/tmp/* "${ROOT:?}"/boot/* "$ROOT"/var/cache/apt/* "$ROOT"/var/lib/apt/lists/* "$ROOT"/var/log/* "$ROOT"/.ready "$ROOT"/.unpacked
mkdir -p "$ROOT/boot/firmware"
mount --bind "$ROOT" "$TOOLS/mnt"
rm -f "$TOOLS/tmp/system.erofs"
chroot "$TOOLS" mkfs.erofs --quiet -zlz4hc,6 -C16384 -T"$SOURCE_DATE_EPOCH" --ignore-mtime -U 5eed0000-0000-4000-8000-000000000003 /tmp/system.erofs /mnt >&2
umount "$TOOLS/mnt"
mv "$TOOLS/tmp/system.erofs" "$OUT/system.erofs"
ls -l "$OUT" >&2
