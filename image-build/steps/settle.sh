#!/usr/bin/env bash
# settle.sh ROOT: final configuration of a root file system, shared by both images: no secrets, no passwords, units on or off.
set -euo pipefail
ROOT="${1:?the root file system}"

# Made on the device, at its first start, and nowhere else.
: > "$ROOT/etc/machine-id"
: > "$ROOT/etc/hostname"
rm -f "$ROOT"/etc/ssh/ssh_host_* "$ROOT/var/lib/dbus/machine-id" "$ROOT/var/lib/systemd/random-seed"
for unit in sproutcast-name.service sproutcast-country.service; do
  ln -sfn "/usr/lib/systemd/system/$unit" "$ROOT/etc/systemd/system/multi-user.target.wants/$unit"
done
ln -sfn /var/lib/sproutcast-system/localtime "$ROOT/etc/localtime"
ln -sfn /run/NetworkManager/resolv.conf "$ROOT/etc/resolv.conf"
# Nobody logs in with a password, the owner included.
sed -i -E 's/^([^:]+):[^:]*:/\1:!*:/' "$ROOT/etc/shadow"

# What a reset to the first day brings back; the other copy is its owner's.
cp "$ROOT/etc/sproutcast/config.toml" "$ROOT/usr/share/sproutcast-pi/config.toml"

off() { local unit; for unit; do ln -sfn /dev/null "$ROOT/etc/systemd/system/$unit"; done; }
# The root is read-only and prepared; these would only fail or wait. SSH is asked for in sproutcast.toml.
off systemd-networkd.service systemd-networkd.socket systemd-networkd-wait-online.service NetworkManager-wait-online.service \
  getty@tty1.service serial-getty@ttyAMA0.service serial-getty@ttyS1.service systemd-firstboot.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
  e2scrub_all.timer e2scrub_reap.service man-db.timer fstrim.timer systemd-update-done.service ldconfig.service systemd-hwdb-update.service systemd-pcrphase.service \
  systemd-machine-id-commit.service
rm -f "$ROOT"/etc/systemd/system/multi-user.target.wants/ssh.service "$ROOT"/etc/systemd/system/sockets.target.wants/ssh.socket \
  "$ROOT"/etc/systemd/system/sshd.service "$ROOT"/etc/systemd/system/ssh.service.requires/sshd-keygen.service
: > "$ROOT/etc/fstab"
