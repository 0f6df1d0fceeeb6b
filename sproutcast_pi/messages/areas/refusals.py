"""Why a call was refused: what it names is missing, or does not fit."""

from __future__ import annotations

from sproutcast_pi.messages.marking import _
from sproutcast_pi.messages.message import Template

NO_SUCH_ROW = Template("refusals.no_such_row", "{field}: there is no {table:translated} {key}")

TABLE_NAMES: dict[str, str] = {
    "plant": _("plant"),
    "capture": _("capture"),
    "notification": _("notification"),
    "client": _("client"),
    "light": _("light"),
    "timelapse": _("timelapse"),
    "care_event": _("care event"),
    "profile": _("profile"),
    "setting": _("setting"),
    "alert": _("alert"),
}
"""What people call one row of a table."""

# Plants and their care.
TOO_MANY_PLANTS = Template("refusals.too_many_plants", "there are {limit} plants already; archive one first")
NAME_TAKEN = Template("refusals.name_taken", 'name: a plant is named "{name}" already; choose another')
REGION_EMPTY = Template(
    "refusals.region_empty", "region: the points enclose nothing; draw around the plant, or its pot"
)
NOTE_EMPTY = Template("refusals.note_empty", "text: a note needs words")
NO_VOLUME = Template("refusals.no_volume", "volume_ml: {kind} has no volume; it is for water and feed")
NO_QUESTION = Template("refusals.no_question", "notification_id: it asks nothing")
NO_ANSWER = Template("refusals.no_answer", 'answer: "{answer}" is not one of {choices}')
ANSWERED = Template("refusals.answered", "notification_id: it was answered already ({answer})")

# Photographs and time lapses.
CAPTURE_STATE = Template("refusals.capture_state", "capture_id: capture {id} is {state} already")
NO_OUTLINES = Template("refusals.no_outlines", "capture_id: capture {id} has no picture with outlines")
ANSWER_INVALID = Template("refusals.answer_invalid", "answer: {rule}")
ANSWER_OF_OTHER = Template("refusals.answer_of_other", "answer: it is about capture {id}, not {wanted}")
ANSWER_EMPTY = Template("refusals.answer_empty", "answer: it has no picture; call fail_capture with its error")
ARCHIVED = Template("refusals.archived", "plant_id: {name} is archived, nothing is photographed")
TIMELAPSE_RUNNING = Template("refusals.timelapse_running", '{plant} has a timelapse running, "{name}"; end it first')
TIMELAPSE_ENDED = Template("refusals.timelapse_ended", '"{name}" ended at {at:time}')

# Settings, clients and followers.
SETTING_REFUSED = Template("refusals.setting_refused", "value: {value} is refused for {name}: {rule}")
NO_TIME_ZONE = Template(
    "refusals.no_time_zone", 'value: there is no time zone "{zone}"; take one such as Europe/Berlin'
)
NO_TIME_ZONE_BUT = Template(
    "refusals.no_time_zone_but", 'value: there is no time zone "{zone}"; did you mean "{close}"?'
)
NO_SETTING = Template("refusals.no_setting", 'name: there is no setting "{name}"; there are {names}, and any ui.name')
NO_SETTING_BUT = Template("refusals.no_setting_but", 'name: there is no setting "{name}"; did you mean "{close}"?')
SETTING_TOO_LONG = Template("refusals.setting_too_long", "value: {name} may hold at most {limit} bytes of JSON")
TOO_MANY_SETTINGS = Template("refusals.too_many_settings", "name: there are {limit} ui settings already")
SETTING = Template("refusals.setting", "the setting {name}")
TOO_MANY_CLIENTS = Template("refusals.too_many_clients", "{limit} clients are paired already; revoke one first")
NO_FOLLOWER = Template("refusals.no_follower", 'name: no follower "{name}" is registered')

# What happens to the database meanwhile.
DISK_FULL = Template(
    "refusals.disk_full", "{reducer}: the disk is full, so nothing was changed; free some space and try again"
)
DISK_UNWRITABLE = Template(
    "refusals.disk_unwritable",
    "{reducer}: the disk can't be written ({reason}), so nothing was changed; check the card",
)
DAMAGED = Template(
    "refusals.damaged", "{reducer}: the database is damaged ({reason}), nothing was changed; restart to repair it"
)
BREAKS_DATA = Template("refusals.breaks_data", "{reducer}: it would break a rule of the data: {reason}")
FAILED_INSIDE = Template(
    "refusals.failed_inside", "{reducer} failed inside ({reason}); nothing was changed, the log has the details"
)
CLOSED = Template("refusals.closed", "the store is closed")
NOT_WRITABLE = Template("refusals.not_writable", "the database can't be written: {reason}")
QUERY_FAILED = Template("refusals.query_failed", "the query can't be answered: {reason}")
