#!/bin/sh
# -P: the working directory is writable by the daemon and must not be a place to import from.
exec /opt/sproutcast/bin/python3 -P -m sproutcast_pi "$@"
