#!/bin/sh
# The machine's host name: the owner's choice, else a generated one that stays the same.
name="$(cat /var/lib/sproutcast-system/hostname 2> /dev/null)"
if ! printf '%s\n' "$name" | grep -Eqx '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'; then
  # Where each image keeps the identity of its card; after a reset that is newer than what this start began with.
  for id in /data/system/machine-id /persistent/common/etc/machine-id /etc/machine-id; do
    [ -s "$id" ] && break
  done
  name="sproutcast-$(cut -c1-4 "$id")"
fi
hostname "$name"
