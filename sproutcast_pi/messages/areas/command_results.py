"""The command line: what a command did, or found."""

from __future__ import annotations

from collections.abc import Mapping

from sproutcast_pi.messages.message import Plural, Template

# Pairing of phones and programs.
OPEN_PAGE = Template("command_results.open_page", "Open {url} and type this code.")
NO_PAGE = Template("command_results.no_page", "No phone page is served here.")
CODE_VALID = Template("command_results.code_valid", "It is valid for five minutes, once.")
CODE_VOID = Template("command_results.code_void", "Nobody has paired; the code is void now.")
PAIRED = Template("command_results.paired", "{name} has paired as {role}.")
CLIENT_SEEN = Template("command_results.client_seen", "seen {at}")
CLIENT_NEVER_SEEN = Template("command_results.client_never_seen", "never seen")
NONE_PAIRED = Template("command_results.none_paired", "Nobody has paired yet.")
SILENT_DAEMON = Template("command_results.silent_daemon", "No daemon answers at {address}; start it first.")

# The hub.
INVITED = Template("command_results.invited", "{code}  valid until {at}")
FORGOTTEN = Template("command_results.forgotten", "{device} is removed; it may no longer send.")
JOINED = Template("command_results.joined", "{device} is paired; the broker is {broker}.")
SYNC_ON = Template("command_results.sync_on", "The sync is switched on.")
SYNC_LATER = Template(
    "command_results.sync_later",
    "No daemon answers here. Once one runs, switch the sync on, on the screen or in [sync].",
)

# Files.
SAVED = Plural(
    "command_results.saved",
    "{file}: {size:size}, {n:number0} photo, as of transaction {seq}",
    "{file}: {size:size}, {n:number0} photos, as of transaction {seq}",
)
RESTORED = Template("command_results.restored", "{folder} is as it was at {at}; the database before stays beside it")
TABLE_ROWS = Plural("command_results.table_rows", "{table}: {n:number0} row", "{table}: {n:number0} rows")
EXPORTED = Plural(
    "command_results.exported",
    "{n:number0} table as of transaction {seq} is in {folder}",
    "{n:number0} tables as of transaction {seq} are in {folder}",
)
NO_FAULTS = Template("command_results.no_faults", "{file}: no faults.")

# Updates.
UPDATE_ASKED = Template(
    "command_results.update_asked", "Asked for; `sproutcast watch 'SELECT * FROM software'` shows how it goes."
)
VERSION_UNKNOWN = Template("command_results.version_unknown", "The daemon has not reported yet which version it is.")
VERSION = Template("command_results.version", "{version}, {state}: {message}")
VERSION_IN_SLOT = Template("command_results.version_in_slot", "{version} in slot {slot}, {state}: {message}")
UPDATE_VERIFIED = Template(
    "command_results.update_verified", "{file}: version {version} for {boards}, signed with this key"
)
UPDATE_MADE = Template("command_results.update_made", "{file}: version {version}, {size:size}")

# Measuring.
NO_PHOTOS = Template("command_results.no_photos", "no photographs there.")
NOT_OPENED = Template("command_results.not_opened", "{folder} can't be opened: {reason}.")
OUTPUT_NOT_WRITTEN = Template("command_results.output_not_written", "a picture of it can't be written: {reason}.")
NO_MEMORY = Template("command_results.no_memory", "there is not enough memory to measure it.")
VERDICTS: Mapping[str, Template] = {
    "ok": Template("command_results.ok", "ok"),
    "flagged": Template("command_results.flagged", "flagged"),
    "uncertain": Template("command_results.uncertain", "uncertain"),
    "refused": Template("command_results.refused", "refused"),
}
