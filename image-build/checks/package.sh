#!/usr/bin/env bash
# Install, upgrade, downgrade, remove and purge the amd64 package in a chroot of the release; lint it; score its units.
. "$(dirname "$0")/../lib.sh"
LIMIT=2.0
OLD="$("$HERE/steps/deb.sh" amd64 0.0.9)"
NEW="$("$HERE/steps/deb.sh" amd64)"
TOOLS="$("$HERE/steps/tools.sh")"
SOURCES="$(sources)"

say "lintian"
chroot "$TOOLS" lintian --fail-on error --suppress-tags hardening-no-pie,script-not-executable "/build/$(basename "$NEW")" 2>/dev/null || fail "lintian found errors"

BARE="$CACHE/bare-$(digest "$HERE/package/depends.txt")"
if [ ! -e "$BARE/.ready" ]; then
  say "chroot with what the package depends on"
  rm -rf "$CACHE"/bare-*
  mmdebstrap --quiet --variant=minbase --mode=root --format=directory "${APT_OPTIONS[@]}" \
    --include="systemd,udev,$(sed -e 's/#.*//' -e 's/,.*//' -e 's/ *(.*//' -e '/^ *$/d' "$HERE/package/depends.txt" | paste -sd,)" \
    "$SUITE" "$BARE" <<<"$SOURCES" >&2
  touch "$BARE/.ready"
fi

WORK="$CACHE/package-check"
ROOT="$WORK/root"
rm -rf "$WORK/upper" "$WORK/work"
mkdir -p "$WORK/upper" "$WORK/work" "$ROOT"
mount -t overlay overlay -o "lowerdir=$BARE,upperdir=$WORK/upper,workdir=$WORK/work" "$ROOT"
mount -t proc proc "$ROOT/proc"
trap 'umount "$ROOT/proc" "$ROOT"' EXIT
cp "$OLD" "$NEW" "$ROOT/tmp/"
in_root() { chroot "$ROOT" env DEBIAN_FRONTEND=noninteractive "$@"; }
listing() { # without the lists of users, which keep theirs so that no other program inherits their files
  (cd "$ROOT" && for d in etc opt usr/bin usr/lib/systemd usr/lib/udev usr/lib/sysusers.d usr/lib/tmpfiles.d var/lib; do [ ! -e "$d" ] || find "$d"; done) |
    grep -vE '^etc/(passwd|group|shadow|gshadow|subuid|subgid)-?$|^var/lib/dpkg|^opt$' | sort
}
installed() { in_root dpkg-query -W -f '${Version}' sproutcast-pi; }
expect() { [ "$1" = "$2" ] || fail "$3: expected '$2', found '$1'"; echo "ok: $3"; }

listing > "$WORK/before"
say "install $(basename "$OLD")"
in_root dpkg -i "/tmp/$(basename "$OLD")" >/dev/null
expect "$(in_root sproutcast --version)" "sproutcast 0.0.9" "the installed command answers"
expect "$(in_root stat -c '%U:%G %a' /var/lib/sproutcast)" "sproutcast:sproutcast 750" "the data belongs to the daemon alone"
expect "$(in_root id -u sproutcast-screen >/dev/null && echo yes)" yes "the screen has its own user"
in_root runuser -u sproutcast -- /opt/sproutcast/bin/sproutcast check-config /etc/sproutcast/config.toml
in_root runuser -u sproutcast -- /opt/sproutcast/bin/python3 -P -c 'import aiohttp, apsw, cv2, kivy, msgspec, numpy, peewee, paho.mqtt, gpiozero, rich, segno' 2>/dev/null
echo "ok: every library the program needs can be loaded"

say "upgrade"
echo '# edited by the owner' >> "$ROOT/etc/sproutcast/config.toml"
echo kept > "$ROOT/var/lib/sproutcast/picture.jpg"
in_root dpkg --force-confold -i "/tmp/$(basename "$NEW")" >/dev/null
expect "$(installed)" "$(version)" "the newer package is installed"
expect "$(tail -1 "$ROOT/etc/sproutcast/config.toml")" "# edited by the owner" "the owner's configuration is kept"
expect "$(cat "$ROOT/var/lib/sproutcast/picture.jpg")" kept "the data is kept"

say "downgrade"
in_root dpkg --force-confold -i "/tmp/$(basename "$OLD")" >/dev/null 2>&1
expect "$(in_root sproutcast --version)" "sproutcast 0.0.9" "the older package works again"
expect "$(cat "$ROOT/var/lib/sproutcast/picture.jpg")" kept "the data is kept"
in_root dpkg --force-confold -i "/tmp/$(basename "$NEW")" >/dev/null

say "units"
for unit in "$ROOT"/usr/lib/systemd/system/sproutcast*.service; do
  name="$(basename "$unit")"
  in_root systemd-analyze verify --man=no "/usr/lib/systemd/system/$name" || fail "$name does not verify"
  score="$(in_root systemd-analyze security --no-pager --offline=true "$name" | sed -n 's/.*Overall exposure level.*: \([0-9.]*\).*/\1/p')"
  awk -v s="$score" -v l="$LIMIT" 'BEGIN { exit !(s != "" && s <= l) }' || fail "$name scores $score, more than $LIMIT"
  echo "ok: $name scores $score"
done

say "remove and purge"
in_root dpkg -r sproutcast-pi >/dev/null
expect "$(cat "$ROOT/var/lib/sproutcast/picture.jpg")" kept "removing keeps the data"
expect "$(find "$ROOT/opt/sproutcast" -type f 2>/dev/null | wc -l)" 0 "removing leaves no program behind"
in_root dpkg -P sproutcast-pi >/dev/null
listing > "$WORK/after"
diff "$WORK/before" "$WORK/after" || fail "purging left these behind"
echo "ok: purging leaves nothing behind"
