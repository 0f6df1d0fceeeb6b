#!/bin/sh
# Wireless channels of the owner's country; without one the kernel keeps to what every country allows.
country="$(cat /var/lib/sproutcast-system/wifi-country)"
printf '%s\n' "$country" | grep -Eqx '[A-Z]{2}' || exit 0
exec iw reg set "$country"
