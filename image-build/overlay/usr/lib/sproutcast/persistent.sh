# shellcheck shell=sh
# The persistent partition before it is mounted; sourced by both images' scripts in the initramfs,
# which may set `status_dir`, the folder for the result of the check.
status_dir="${status_dir:-/run/sproutcast-system}"

grow_partition() { # grow_partition DEVICE: let the last partition fill the card
  # The root lies on the same card and is mounted: so nobody, udev included, can make the kernel let go of the partitions
  # while their table changes, and the last one grows in place.
  name="$(basename "$(readlink -f "$1")")"
  disk="$(basename "$(dirname "$(readlink -f "/sys/class/block/$name")")")"
  number="$(cat "/sys/class/block/$name/partition")"
  start="$(cat "/sys/class/block/$name/start")"
  size="$(cat "/sys/class/block/$name/size")"
  total="$(cat "/sys/class/block/$disk/size")"
  # Less than 16 MiB to win: nothing to do, and nothing is written to the table of partitions.
  [ $((total - start - size)) -gt 32768 ] || return 0
  table="sfdisk --quiet --force --no-reread --no-tell-kernel"
  $table --relocate gpt-bak-std "/dev/$disk" 2> /dev/null
  echo ',+' | $table -N "$number" "/dev/$disk" 2> /dev/null
  partx --update --nr "$number" "/dev/$disk"
}

check_file_system() { # check_file_system DEVICE: mend it, note how it was found, and let it fill its partition
  timeout 300 e2fsck -p "$1" > "$status_dir/fsck" 2>&1
  code=$?
  if [ "$code" -ge 4 ]; then timeout 600 e2fsck -y "$1" >> "$status_dir/fsck" 2>&1; fi
  echo "$code" > "$status_dir/fsck-code"
  resize2fs "$1" > /dev/null 2>&1
}

mount_memory() { # mount_memory FOLDER: the lamp has priority, so start without the partition and report it
  echo "The data partition is missing or can't be read." > "$status_dir/no-data"
  mount -t tmpfs -o mode=0755,size=40% tmpfs "$1"
}
