#!/bin/sh
# Requests from before the restart, then the boot partition's file, then the SSH keys there.
# No step may prevent the device from starting.
/opt/sproutcast/bin/sproutcast deputy --boot

at=/run/sproutcast-boot
mkdir -p "$at"
# On a Pi only the card that was started from has the first name; a second card may have the same label.
config=/dev/disk/by-slot/bootconfig
[ -e /usr/lib/sproutcast/board ] && config=/dev/disk/by-partlabel/bootconfig
# A partition that any computer writes is trusted with nothing: no programs, no devices.
if [ -e "$config" ] && mount -t vfat -o rw,nosuid,nodev,noexec,umask=0077,flush "$config" "$at"; then
  /opt/sproutcast/bin/sproutcast boot-file "$at"
  umount "$at"
fi

keys=/var/lib/sproutcast-system/ssh
if [ -s "$keys/authorized_keys" ] && [ -e /usr/bin/ssh-keygen ]; then
  [ -e "$keys/ssh_host_ed25519_key" ] || ssh-keygen -q -t ed25519 -N "" -f "$keys/ssh_host_ed25519_key"
  systemctl start --no-block ssh.service
fi
exit 0
