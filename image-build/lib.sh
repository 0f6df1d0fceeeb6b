# Names and small functions that every step of the build shares; sourced, never run.
# shellcheck shell=bash
set -euo pipefail

HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
TOP="$(cd "$HERE/.." && pwd)"
CACHE="${SPROUTCAST_CACHE:-$TOP/.cache}/image"
SUITE=trixie
# Newer than every file of the tree, so that the same inputs give the same bytes.
SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git -C "$TOP" log -1 --format=%ct 2>/dev/null || echo 1763769600)}"
export SOURCE_DATE_EPOCH
# What is cached is older than the commit it is used for, so its files' dates must not come from a commit.
# shellcheck disable=SC2034 # the steps use it
PARTS_EPOCH=1763769600
mkdir -p "$CACHE"

say() { printf '\033[1m== %s\033[0m (%s)\n' "$*" "$(date +%T)" >&2; }

fail() { printf 'image-build: %s\n' "$*" >&2; exit 1; }

need() { # need GROUP...: the host's own packages by the groups of setup/packages.txt, installed or all of them named
  "$TOP/setup/install_packages" "$@"
}

must_be_root() { [ "$(id -u)" = 0 ] || fail "a root file system is made here: run it as root"; }

version() { sed -n 's/^version = "\(.*\)"/\1/p' "$TOP/pyproject.toml"; }

# The archive's URL from this host's apt configuration, so that no host name is hard-coded.
archive_url() { # archive_url Debian | archive_url Debian-Security
  apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' | awk -v label="$1" '$1 == label { print $2; exit }'
}

sources() {
  local main security
  main="$(archive_url Debian)"
  [ -n "$main" ] || fail "apt has no Debian archive configured; run apt-get update first"
  security="$(archive_url Debian-Security)"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $main $SUITE main contrib non-free-firmware"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $main $SUITE-updates main contrib non-free-firmware"
  [ -z "$security" ] ||
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $security $SUITE-security main contrib non-free-firmware"
}

# A name for "these inputs": a cached part is taken again only while it is the same.
digest() { cat "$@" | sha256sum | cut -c1-16; }

# shellcheck disable=SC2034 # the steps use it
APT_OPTIONS=(
  --aptopt='Acquire::Languages "none"'
  --aptopt='Acquire::Check-Valid-Until "false"'
  --aptopt='Acquire::Check-Date "false"'
  --dpkgopt='path-exclude=/usr/share/man/*'
  --dpkgopt='path-exclude=/usr/share/locale/*'
  --dpkgopt='path-exclude=/usr/share/doc/*'
  --dpkgopt='path-include=/usr/share/doc/*/copyright'
  --dpkgopt='force-unsafe-io'
)
