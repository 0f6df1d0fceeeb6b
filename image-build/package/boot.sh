#!/bin/sh
# What was wished for before the restart, then the boot partition's file, then who left a key there.
# Nothing here may keep the device from starting.
/opt/sproutcast/bin/sproutcast deputy --boot

at=/run/sproutcast-boot
mkdir -p "$at"
# A partition that any computer writes is trusted with nothing: no programs, no devices.
if [ -e /dev/disk/by-partlabel/bootconfig ] && mount -t vfat -o rw,nosuid,nodev,noexec,umask=0077,flush /dev/disk/by-partlabel/bootconfig "$at"; then
  /opt/sproutcast/bin/sproutcast boot-file "$at"
  umount "$at"
fi

keys=/var/lib/sproutcast-system/ssh
if [ -s "$keys/authorized_keys" ] && [ -e /usr/bin/ssh-keygen ]; then
  [ -e "$keys/ssh_host_ed25519_key" ] || ssh-keygen -q -t ed25519 -N "" -f "$keys/ssh_host_ed25519_key"
  systemctl start --no-block ssh.service
fi
exit 0
