"""Requests to the whole device: what can't be done, and how the last start came about."""

from __future__ import annotations

from collections.abc import Mapping

from sproutcast_pi.messages.areas.text import verbatim
from sproutcast_pi.messages.message import Message, Template

# Requests.
NO_APPLIANCE = Template("appliance.no_appliance", "Only a Sproutcast device can do this; this is an ordinary computer.")
BUSY = Template("appliance.busy", "The device is busy with the previous request; wait a moment.")
NOT_REQUESTED = Template("appliance.not_requested", "This could not be requested: {reason}.")
NOT_HERE = Template("appliance.not_here", "There is no device here that can do this.")
BAD_ARGUMENT = Template("appliance.bad_argument", "{name}: {reason}")
RESET_FAILED = Template("appliance.reset_failed", "The reset could not be finished: {reason}.")
RESET_DONE = Template("appliance.reset_done", "Reset to its first state.")

# Why it started.
FIRST_START = Template("starts.first", "Started for the first time.")
REQUESTED: Mapping[str, Template] = {
    "update": Template("starts.for_update", "Restarted to try an update."),
    "reset": Template("starts.for_reset", "Restarted to be reset."),
    "restart": Template("starts.on_request", "Restarted on request."),
    "shut_down": Template("starts.after_shutdown", "Started after it had been shut down properly."),
}
"""By what was requested of the machine."""
VERSION_REPLACED = Template("starts.version_replaced", "Version {version} replaced {before}.")
PROGRAM_RESTARTED = Template("starts.program_restarted", "The program was stopped properly and started again.")
SERVICE_RESULTS: Mapping[str, Template] = {
    "watchdog": Template("starts.program_hung", "The program stopped responding and was restarted by the watchdog."),
    "oom-kill": Template("starts.out_of_memory", "The program ran out of memory and was restarted."),
    "signal": Template("starts.killed", "The program was terminated and restarted."),
    "core-dump": Template("starts.crashed", "The program crashed and was restarted."),
    "exit-code": Template("starts.failed", "The program ended with an error and was restarted."),
    "timeout": Template("starts.too_slow", "The program did not start or stop in time and was restarted."),
}
"""By how systemd saw the program end; systemd.exec(5) lists the results."""
PROGRAM_ENDED = Template("starts.program_ended", "The program ended unexpectedly and was restarted.")
MACHINE_HUNG = Template("starts.machine_hung", "The whole device stopped responding and was restarted by its watchdog.")
KERNEL_PANIC = Template("starts.kernel_panic", "The operating system stopped with an error and restarted.")
MACHINE_RESTARTED = Template("starts.machine_restarted", "The device was shut down properly and started again.")
MACHINE_RESET = Template(
    "starts.machine_reset", "The device stopped responding, or its operating system failed, and it was restarted."
)
POWER_CUT = Template("starts.power_cut", "Power was cut, or the device stopped responding without a trace.")
IT_WAS = Template("starts.it_was", "At that time it was {phase}.")
PHASES: Mapping[str, Template] = {
    "opening": Template("starts.phase_opening", "opening the database"),
    "running": Template("starts.phase_running", "running normally"),
}
"""What the program was doing, by the word in the file that counts starts."""

# Safe mode.
SAFE_MODE = Template(
    "starts.safe_mode",
    "{n:number0} starts in a row failed, so only light and screen are running.",
)
SAFE_MODE_ADVICE = Template(
    "starts.safe_mode_advice",
    "Choose “Try everything again”, restore a backup, or reset the device.",
)
LAST_ENDED = Template("starts.last_ended", "The last one ended while {phase}.")
TRYING_AGAIN = Template("starts.trying_again", "Everything is tried again.")

# What was found at start.
NO_DATA = Template("starts.no_data", "The data partition is missing or can't be read.")
NO_DATA_ADVICE = Template(
    "starts.no_data_advice",
    "Nothing survives a restart until the card is replaced; back up what is on it first.",
)
DATA_TIDIED = Template(
    "starts.data_tidied", "The data partition had not been closed properly and was corrected at the start."
)
DATA_REPAIRED = Template("starts.data_repaired", "The data partition was damaged and was repaired as far as possible.")
DATA_REPAIRED_ADVICE = Template(
    "starts.data_repaired_advice", "Check whether anything is missing; replace the card if this happens twice."
)
PHOTOS_SET_ASIDE = Template(
    "starts.photos_set_aside", "Photos it does not know are kept on the card, later in pictures/set-aside."
)


def phase_name(phase: str) -> Message:
    """Return what the program was doing; a word of another version's is shown as it is."""
    return PHASES[phase]() if phase in PHASES else verbatim(phase)
