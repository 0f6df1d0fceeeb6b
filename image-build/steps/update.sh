#!/usr/bin/env bash
# update.sh VERSION OUT: the two images of a slot that holds this program as VERSION, in the directory OUT, ready to be signed.
. "$(dirname "$0")/../lib.sh"
DEB="$("$HERE/steps/deb.sh" arm64 "${1:?a version}")"
"$HERE/steps/system.sh" "$DEB" "${2:?a directory}"
