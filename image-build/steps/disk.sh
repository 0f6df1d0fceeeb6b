#!/usr/bin/env bash
# disk.sh SLOT OUT.img: a whole card from the two files of a slot: the layout both images have, slot B empty, data as small as it goes.
. "$(dirname "$0")/../lib.sh"
SLOT="${1:?directory with boot.vfat and system.erofs}"
IMG="${2:?the image to write}"
need deb image
TOOLS="$("$HERE/steps/tools.sh")"
CONFIG_MB=64 BOOT_MB=96 SYSTEM_MB=1024 DATA_MB=256

say "GRUB"
if [ ! -e "$TOOLS/grub/.ready" ]; then
  mkdir -p "$TOOLS/grub/apt/lists/partial" "$TOOLS/grub/apt/cache/archives/partial"
  sources > "$TOOLS/grub/apt/sources.list"
  APT=(apt-get -q -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o "Dir::State::lists=$TOOLS/grub/apt/lists"
    -o "Dir::Cache=$TOOLS/grub/apt/cache" -o "Dir::Etc::sourcelist=$TOOLS/grub/apt/sources.list" -o Dir::Etc::sourceparts=/none
    -o Dir::State::status=/dev/null -o Acquire::Languages=none -o Acquire::Check-Date=false -o APT::Sandbox::User=root)
  "${APT[@]}" update >&2
  (cd "$TOOLS/grub" && "${APT[@]}" download grub-efi-arm64-bin >&2 && dpkg-deb -x grub-efi-arm64-bin_*.deb .)
  touch "$TOOLS/grub/.ready"
fi
cp "$HERE/virtual/grub.cfg" "$TOOLS/grub/"
echo 'configfile ($root)/grub.cfg' > "$TOOLS/grub/early.cfg"
chroot "$TOOLS" grub-mkimage -O arm64-efi -d /grub/usr/lib/grub/arm64-efi -c /grub/early.cfg -p / -o /grub/BOOTAA64.EFI \
  part_gpt fat normal configfile linux loadenv test echo regexp minicmd reboot ls cat
chroot "$TOOLS" grub-editenv /grub/grubenv create
chroot "$TOOLS" grub-editenv /grub/grubenv set slot=a try=

say "$(basename "$IMG")"
WORK="$(mktemp -d "$CACHE/disk.XXXX")"
trap 'rm -rf "$WORK"' EXIT
truncate -s "${CONFIG_MB}M" "$WORK/config.vfat"
mkfs.vfat -F32 -n SPROUTCAST -i 5eed0001 --invariant "$WORK/config.vfat" >/dev/null
mmd -i "$WORK/config.vfat" ::/EFI ::/EFI/BOOT
mcopy -i "$WORK/config.vfat" "$TOOLS/grub/BOOTAA64.EFI" ::/EFI/BOOT/
mcopy -i "$WORK/config.vfat" "$TOOLS/grub/grub.cfg" "$TOOLS/grub/grubenv" ::/
mcopy -i "$WORK/config.vfat" "$HERE/sproutcast.example.toml" ::/
mkdir "$WORK/empty"
# Older releases of mke2fs read the timestamp from this variable only.
E2FSPROGS_FAKE_TIME="$SOURCE_DATE_EPOCH" mke2fs -q -t ext4 -L persistent -U 5eed0000-0000-4000-8000-000000000004 -E hash_seed=5eed0000-0000-4000-8000-000000000005,lazy_itable_init=0,lazy_journal_init=0 \
  -m 1 -d "$WORK/empty" "$WORK/data.ext4" "${DATA_MB}M"
[ "$(stat -c %s "$SLOT/system.erofs")" -le $((SYSTEM_MB << 20)) ] || fail "the system is larger than its slot of $SYSTEM_MB MiB"

rm -f "$IMG"
truncate -s $((2 + CONFIG_MB + 2 * BOOT_MB + 2 * SYSTEM_MB + DATA_MB))M "$IMG"
at=1
table="label: gpt"$'\n'"label-id: 5EED0000-0000-4000-8000-000000000010"$'\n'
add() { # add NAME TYPE MEGABYTES FILE
  table+="start=${at}MiB, size=${3}MiB, type=$2, name=$1, uuid=5EED0000-0000-4000-8000-0000000001$(printf %02d "$at" | tail -c 2)"$'\n'
  [ -z "$4" ] || dd if="$4" of="$IMG" bs=1M seek="$at" conv=notrunc,sparse status=none
  at=$((at + $3))
}
FAT=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7 LINUX=0FC63DAF-8483-4772-8E79-3D69D8477DE4
add bootconfig C12A7328-F81F-11D2-BA4B-00A0C93EC93B $CONFIG_MB "$WORK/config.vfat"
add boot_a $FAT $BOOT_MB "$SLOT/boot.vfat"
add boot_b $FAT $BOOT_MB ""
add system_a $LINUX $SYSTEM_MB "$SLOT/system.erofs"
add system_b $LINUX $SYSTEM_MB ""
add persistent $LINUX $DATA_MB "$WORK/data.ext4"
sfdisk -q "$IMG" <<<"$table"
# Content lists: to compare two cards, and to record the archive's packages at build time.
{
  cat "$SLOT/packages.txt"
  echo "grub-efi-arm64-bin $(dpkg-deb -f "$TOOLS"/grub/grub-efi-arm64-bin_*.deb Version)"
  (cd "$SLOT" && sha256sum boot.vfat system.erofs)
} > "${IMG%.img}.contents.txt"
sfdisk -l "$IMG" >&2
ls -lsh "$IMG" >&2
