"""Updates: how one stands, why one was refused, and why one did not stay."""

from __future__ import annotations

from sproutcast_pi.messages.message import Plural, Template

# How an update stands.
LOOKING = Template("updates.looking", "Looking for an update.")
NONE_FOUND = Template("updates.none_found", "There is no update on a USB stick, and no address is set.")
NEWEST = Template("updates.newest", "Version {version} is the newest.")
READY = Template("updates.ready", "Version {version} is ready to be installed.")
WRITING = Template("updates.writing", "Version {version} is being written; the device keeps working meanwhile.")
RESTARTING = Template("updates.restarting", "Restarting to try the update.")
RESTARTING_BACK = Template("updates.restarting_back", "Restarting into the previous version.")
IN_USE = Template("updates.in_use", "Version {version} is in use.")
STAYS = Template("updates.stays", "Version {version} works and stays.")
TRYING = Template("updates.trying", "A new version is being tried.")
PASSING = Template(
    "updates.passing", "Light, database and screen work; it stays if they still do after {seconds:number0} s."
)
NOTICE_TITLE = Template("updates.notice_title", "Update")

# What was not required, since it did not work before.
LIGHT_NOT_REQUIRED = Template(
    "updates.light_not_required", "The lamp's output did not work before the update either, so it was not checked."
)
SCREEN_NOT_REQUIRED = Template(
    "updates.screen_not_required", "The screen did not work before the update either, so it was not checked."
)

# Checks it did not pass.
SAFE_MODE = Template("updates.safe_mode", "The program failed three times in a row and runs in safe mode.")
LIGHT_FAILS = Template("updates.light_fails", "The lamp's output can't be controlled.")
STORE_FAILS = Template("updates.store_fails", "The database can't be written: {reason}")
SCREEN_SILENT = Template("updates.screen_silent", "The screen has not reported that it shows anything.")
TOO_SHORT = Template("updates.too_short", "It did not work for long enough.")

# Why it did not stay.
FAILED = Template("updates.failed", "The update to version {version} was undone: {reason}")
FAILED_ADVICE = Template(
    "updates.failed_advice",
    "The previous version is running again. Try a newer update, or send this sentence to the maker.",
)
NOT_IN_TIME = Template(
    "updates.not_in_time", "The new version did not pass its checks within {seconds:duration}: {reason}"
)
TRIAL_TIMED_OUT = Template(
    "updates.trial_timed_out", "Light, database and screen did not all pass their checks in time."
)
DID_NOT_START = Template("updates.did_not_start", "It did not start, so the previous version is back.")
OWNER_ASKED = Template("updates.owner_asked", "The previous version was requested.")

# Refusals.
OTHER_BOARD = Template("updates.other_board", "This update is for {boards}, not for this device ({board}).")
NOT_NEWER = Template("updates.not_newer", "The update has version {version}; this device already has {installed}.")
ON_TRIAL = Template(
    "updates.on_trial", "The running version has not passed its checks yet; wait until it has, then update again."
)
NOTHING_BEFORE = Template("updates.nothing_before", "There is no previous version on the card that is known to work.")
NO_SLOTS = Template(
    "updates.no_slots",
    "This system is not updated as a whole, but as a package: apt install ./sproutcast-pi_....deb.",
)
SLOT_IN_USE = Template("updates.slot_in_use", "Slot {slot} is already the one that starts; there is nothing to try.")
NO_PARTITION = Template("updates.no_partition", "The card this device was started from has no partition {partition}.")
UNREADABLE = Template("updates.unreadable", "{file} can't be read: {reason}.")
NOT_WRITTEN = Template("updates.not_written", "The update was not written: {reason}.")
PROGRAM_FAILED = Template("updates.program_failed", "{program} failed: {reason}")
SYSTEM_REFUSED = Template("updates.system_refused", "The system did not allow it: {reason}.")
NOT_DONE = Template("updates.not_done", "It could not be done: {reason}.")

# Files.
NOT_A_BUNDLE = Template("updates.not_a_bundle", "{file} is not an update, or it is damaged ({reason}); copy it again.")
NOT_SIGNED = Template(
    "updates.not_signed",
    "{file} is not signed by the maker of this device's software; download it from the maker again.",
)
UNKNOWN_FORM = Template("updates.unknown_form", "{file} has a format this version does not know ({reason}).")
INCOMPLETE = Template("updates.incomplete", "{file} does not contain a whole system.")
ENDS_EARLY = Template("updates.ends_early", "{file} ends too early; copy it again.")
DAMAGED = Template("updates.damaged", "The update is damaged; copy it again.")
CARD_WORN = Template("updates.card_worn", "The card did not keep what was written; it may be worn out.")
NO_KEY = Template("updates.no_key", "There is no key to check updates with ({file}), so none is installed.")
NOT_CHECKED = Template("updates.not_checked", "The signature could not be checked: {reason}.")
NOT_A_FILE = Template("updates.not_a_file", "{file} is not a file.")
MORE_UNUSABLE = Plural(
    "updates.more_unusable", "{n:number0} more can't be used.", "{n:number0} more can't be used.", count="n"
)
TOO_MANY_FILES = Template("updates.too_many_files", "it holds more than {limit:number0} files")
DAMAGED_HEADER = Template("updates.damaged_header", "a header is damaged")
NO_PLAIN_FILE = Template("updates.no_plain_file", "it holds something that is not a plain file")
CUT_SHORT = Template("updates.cut_short", "it ends too early")
MISSING_FILE = Template("updates.missing_file", "{file} is missing")

# USB sticks and addresses.
STICK_SILENT = Template("updates.stick_silent", "{device} does not answer; unplug it and plug it in again.")
NOT_DOWNLOADED = Template("updates.not_downloaded", "The update could not be downloaded from {url}: {reason}.")
DOWNLOAD_ENDED = Template("updates.download_ended", "The download from {url} stopped: {reason}.")
ONLY_WEB = Template("updates.only_web", "only http and https addresses can be used")
HTTP_STATUS = Template("updates.http_status", "the server answered with status {status}")
TOO_SLOW = Template("updates.too_slow", "it arrives too slowly")
BAD_REDIRECT = Template("updates.bad_redirect", "it redirects to {scheme}, which is not allowed")
NO_DOWNLOADER = Template("updates.no_downloader", "the download program ended without an answer")

# Making one.
NOT_DESCRIBED = Template("updates.not_described", "An update can't be described like this: {reason}.")
NOT_MADE = Template("updates.not_made", "The update was not made: {reason}.")
