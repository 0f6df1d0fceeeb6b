"""Every option there is: one frozen value a section, each field with its default, unit, range and meaning.

`config.example.toml` is written from these classes, so an option that is not here does not exist.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from sproutcast_pi.messages.marking import _
from sproutcast_pi.model.light_schedule import MAX_HOURS, MAX_PPFD, MAX_RAMP_MIN, START_PATTERN

_LABEL = r"\w(?:[\w-]{0,61}\w)?"
_NAME = rf"{_LABEL}(?:\.{_LABEL}){{0,30}}"
_IPV6 = r"(?=(?:[^:]*:){2})[0-9A-Fa-f:.]{2,45}(?:%[\w.-]{1,30})?"
HOST_PATTERN = rf"\A(?:{_NAME}\.?|{_IPV6})?\Z"
"""A name or an address alone; empty too."""
HOST_NAME_PATTERN = rf"\A{_NAME}\.?\Z"
ORIGIN_PATTERN = (
    r"\A(?!http://\S*:80\Z|https://\S*:443\Z|\S*[A-Z])https?://"
    rf"(?:{_NAME}|\[{_IPV6}\])"
    r"(?::\d{1,5})?\Z"
)
"""As browsers name a page's origin (RFC 6454): scheme, host and port, nothing else."""
TOPIC_PATTERN = r"\A(?!\$)[^+#/\s\x00]{1,60}(?:/[^+#/\s\x00]{1,60}){0,8}\Z"
"""Levels of an MQTT topic, none of them empty; names that begin with $ are the broker's."""
ONE_LINE_PATTERN = r"\A[^\r\n\x00]*\Z"

TimeOfDay = Annotated[str, Meta(pattern=START_PATTERN)]
TimeSpan = Annotated[str, Meta(pattern=r"\A([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d\Z")]
Host = Annotated[str, Meta(pattern=HOST_PATTERN, max_length=253)]
HostName = Annotated[str, Meta(pattern=HOST_NAME_PATTERN, max_length=253)]
Origin = Annotated[str, Meta(pattern=ORIGIN_PATTERN, max_length=300)]
Topic = Annotated[str, Meta(pattern=TOPIC_PATTERN, max_length=100)]
Secret = Annotated[str, Meta(pattern=ONE_LINE_PATTERN, max_length=200)]
Port = Annotated[int, Meta(ge=1, le=65535)]


class DeviceOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The appliance itself."""

    name: Annotated[str, Meta(min_length=1, max_length=60, description=_("What people call it."))] = "Sproutcast"
    time_zone: Annotated[
        str, Meta(description=_('IANA name such as "Europe/Berlin"; empty: the one the system is set to.'))
    ] = ""


class ScheduleOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a fresh device begins with; afterwards the schedule is changed on the screen and kept in the store."""

    start: Annotated[TimeOfDay, Meta(description=_("When the day begins, by the wall clock, HH:MM."))] = "06:00"
    hours: Annotated[float, Meta(ge=0, le=MAX_HOURS, description=_("Length of the day in hours, ramps included."))] = (
        16.0
    )
    sunrise_min: Annotated[float, Meta(ge=0, le=MAX_RAMP_MIN, description=_("Minutes from dark to full level."))] = 30.0
    sunset_min: Annotated[float, Meta(ge=0, le=MAX_RAMP_MIN, description=_("Minutes from full level to dark."))] = 30.0
    level: Annotated[float, Meta(ge=0, le=1, description=_("Level by day, 0 to 1."))] = 1.0
    max_hours_per_day: Annotated[
        float,
        Meta(
            ge=0,
            le=MAX_HOURS,
            description=_("Most hours the lamp is on in any 24, whatever is asked; at least hours."),
        ),
    ] = 18.0


class LightOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The grow light's output. A wrong pin or polarity is the one setting that can hurt: see docs/hardware.md."""

    output: Annotated[
        str,
        Meta(
            pattern=r"\A(gpio:\d{1,2}|simulated|none)\Z",
            description=_('"gpio:18" (BCM number), "simulated", or "none" for a lamp we do not drive.'),
        ),
    ] = "simulated"
    kind: Annotated[
        Literal["pwm", "relay"],
        Meta(description=_('"pwm" for a dimmable lamp behind a MOSFET, "relay" for on and off.')),
    ] = "pwm"
    active_high: Annotated[bool, Meta(description=_("Whether a high pin lights the lamp."))] = True
    pwm_hz: Annotated[
        int, Meta(ge=50, le=25_000, description=_("PWM frequency in hertz; above 8000 with hardware PWM alone."))
    ] = 800
    capture_level: Annotated[
        float, Meta(ge=0, le=1, description=_("Level held while a photograph is taken, 0 to 1."))
    ] = 1.0
    colour: Annotated[
        Literal["white", "pink", "amber"],
        Meta(description=_("What colour the lamp has by day; the lamp check compares.")),
    ] = "white"
    ppfd_full: Annotated[
        float,
        Meta(
            ge=0,
            le=MAX_PPFD,
            description=_("Light at the canopy at full level, in umol/m2/s, from its data sheet; 0: unknown."),
        ),
    ] = 0.0
    schedule: ScheduleOptions = ScheduleOptions()


class CameraOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The camera."""

    source: Annotated[
        str,
        Meta(
            pattern=r"\A(pi|simulated(:[a-z]+)?|v4l2:.+|replay:.+)\Z",
            description=_('"pi", "v4l2:/dev/video0", "replay:DIR" (photographs in name order), or "simulated".'),
        ),
    ] = "simulated"
    width: Annotated[int, Meta(ge=0, le=16384, description=_("Pixels; 0: the camera's own."))] = 0
    height: Annotated[int, Meta(ge=0, le=16384, description=_("Pixels; 0: the camera's own."))] = 0
    rotation_deg: Annotated[Literal[0, 90, 180, 270], Meta(description=_("How the picture is turned, in degrees."))] = 0
    settle_s: Annotated[
        float,
        Meta(ge=0, le=30, description=_("Seconds for exposure and white balance to settle before they are locked.")),
    ] = 2.0
    lens_position: Annotated[
        float,
        Meta(ge=-1, le=32, description=_("Focus in dioptres (1 / metres); -1: found once by autofocus, then kept.")),
    ] = -1.0
    px_per_cm: Annotated[
        float,
        Meta(ge=0, le=2000, description=_("Pixels a centimetre at the plants; 0: unknown, areas stay in pixels.")),
    ] = 0.0
    colour_card: Annotated[
        bool,
        Meta(description=_("A 24-patch colour card stands beside the plants: colours are corrected by it.")),
    ] = False


class CaptureOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When photographs are taken."""

    interval_min: Annotated[float, Meta(ge=1, le=10080, description=_("Minutes from one photograph to the next."))] = (
        60.0
    )
    only_when_lit: Annotated[bool, Meta(description=_("Take photographs only while the schedule's day lasts."))] = True
    quiet_hours: Annotated[
        tuple[TimeSpan, ...], Meta(description=_('Spans without photographs, like ["22:00-06:30"].'))
    ] = ()
    deadline_s: Annotated[
        float,
        Meta(ge=2, le=600, description=_("Seconds a photograph and its measuring may take before they are stopped.")),
    ] = 90.0
    memory_mb: Annotated[int, Meta(ge=150, le=4096, description=_("Megabytes the measuring process may use."))] = 700


class StorageOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is kept. Results are kept for ever; photographs go oldest first when a limit is reached."""

    keep_days: Annotated[float, Meta(ge=1, le=36500, description=_("Days a photograph is kept."))] = 365.0
    max_gb: Annotated[float, Meta(ge=0.01, le=10000, description=_("Gigabytes all photographs may take."))] = 16.0
    free_floor_mb: Annotated[
        float, Meta(ge=10, le=100000, description=_("Megabytes of the disk that always stay free."))
    ] = 500.0
    log_keep_h: Annotated[
        float, Meta(ge=1, le=8760, description=_("Hours the change log is kept for clients that come back."))
    ] = 72.0
    log_max_mb: Annotated[float, Meta(ge=1, le=10000, description=_("Megabytes the change log may take."))] = 64.0


class NetworkOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The one port. Nothing but the pairing page is open to the network without a token."""

    listen: Annotated[bool, Meta(description=_("Serve phones and programs on the network."))] = True
    host: Annotated[
        Host,
        Meta(min_length=1, description=_('Address to listen on, without "http://" and port.')),
    ] = "0.0.0.0"  # noqa: S104 - a phone must reach it
    port: Annotated[Port, Meta(description=_("TCP port."))] = 8080
    host_names: Annotated[
        tuple[HostName, ...],
        Meta(
            description=_(
                "Further names this device is reached by, without port; its own name, alone or with .local, "
                ".lan, .home.arpa and the network's own domain behind it, the name with a number that the network "
                "gave it, and addresses are known."
            )
        ),
    ] = ()
    origins: Annotated[
        tuple[Origin, ...],
        Meta(
            description=_(
                'Web pages from elsewhere that may use a token here, like ["http://localhost:5173"]: scheme, '
                'host and port as a browser names them, in small letters, without path and "*".'
            )
        ),
    ] = ()
    first_phone: Annotated[
        bool,
        Meta(
            description=_("A device without a screen that nobody has set up: its first phone needs no code for 30 min.")
        ),
    ] = True


class MqttOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The MQTT broker that Home Assistant and the fleet's server are reached through."""

    host: Annotated[
        Host,
        Meta(description=_('Name or address of the broker alone, without "mqtt://" and port; empty: no MQTT at all.')),
    ] = ""
    port: Annotated[int, Meta(ge=0, le=65535, description=_("TCP port; 0: 1883, or 8883 with TLS."))] = 0
    user: Annotated[Secret, Meta(description=_("User name, one line; empty: none."))] = ""
    password: Annotated[Secret, Meta(description=_("Password, one line; password_file keeps it out of this file."))] = (
        ""
    )
    password_file: Annotated[str, Meta(description=_("File whose only line is the password."))] = ""
    tls: Annotated[bool, Meta(description=_("Encrypt, and check the broker's certificate."))] = False
    ca_file: Annotated[
        str, Meta(description=_("PEM certificate of the authority that signed the broker's; empty: the system's."))
    ] = ""
    certificate_file: Annotated[str, Meta(description=_("PEM certificate to show the broker; empty: none."))] = ""
    key_file: Annotated[str, Meta(description=_("PEM key of that certificate; empty: it is in the same file."))] = ""
    protocol: Annotated[
        Literal["auto", "5", "3.1.1"],
        Meta(description=_('Version of MQTT; "auto": 5, or 3.1.1 where 5 is not spoken.')),
    ] = "auto"
    client_id: Annotated[
        str,
        Meta(
            pattern=r"\A[0-9A-Za-z_.-]{0,64}\Z",
            description=_("Name at the broker, one a device; empty: made of its serial."),
        ),
    ] = ""
    base_topic: Annotated[
        str,
        Meta(pattern=r"\A(?!\$)[^+#/\s\x00]{1,60}\Z", description=_('First level of all our topics, without "/".')),
    ] = "sproutcast"
    keepalive_s: Annotated[
        int, Meta(ge=5, le=600, description=_("Seconds of silence after which broker and device ask for each other."))
    ] = 30


class HomeAssistantOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Show the appliance and its plants in Home Assistant, through the broker of [mqtt]."""

    enabled: Annotated[bool, Meta(description=_("Announce devices and listen for commands."))] = False
    discovery_prefix: Annotated[
        Topic,
        Meta(description=_('Where Home Assistant looks for devices, without "/" at either end.')),
    ] = "homeassistant"
    status_topic: Annotated[
        Topic,
        Meta(description=_('Where Home Assistant announces its start, without "/" at either end.')),
    ] = "homeassistant/status"
    role: Annotated[
        Literal["viewer", "carer", "owner"],
        Meta(description=_('What it may do: "viewer" only looks, "carer" does everything that is offered there.')),
    ] = "carer"
    override_min: Annotated[
        float,
        Meta(ge=1, le=1440, description=_("Minutes the light stays as it was set there; then the schedule goes on.")),
    ] = 120.0
    max_photo_kb: Annotated[
        int, Meta(ge=0, le=8000, description=_("Larger photographs are sent as thumbnail; 0: none are sent."))
    ] = 300


class SyncSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keep a copy of everything on a hub, through a broker; see docs/fleet.md."""

    enabled: Annotated[
        bool, Meta(description=_("Follow every change to the hub; plants can be left out one by one."))
    ] = False
    pictures: Annotated[
        Literal["none", "thumbnails", "all"],
        Meta(description=_('Which pictures go too: "none", "thumbnails" or "all".')),
    ] = "thumbnails"
    picture_mb_per_hour: Annotated[
        float, Meta(ge=0, le=100000, description=_("Megabytes of pictures an hour at most; 0: no limit."))
    ] = 50.0
    window: Annotated[
        int, Meta(ge=1, le=200, description=_("Messages of rows that may be on their way before the hub has answered."))
    ] = 50
    broker: MqttOptions = MqttOptions()
    """The hub's broker; without a host the one that pairing named, else the one of [mqtt]."""


class UpdateOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where updates come from, beside a USB stick. Nothing is installed that the maker did not sign."""

    url: Annotated[
        str,
        Meta(
            pattern=r"\A(https?://[0-9A-Za-z\[][!-~]{0,499})?\Z",
            description=_("Address of the newest update's file; empty: only from a stick."),
        ),
    ] = ""
    check_h: Annotated[
        float,
        Meta(ge=0, le=8760, description=_("Hours from one look at that address to the next; 0: only when asked.")),
    ] = 24.0


class ScreenOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The touchscreen. A change is seen when the screen is started next."""

    rotation_deg: Annotated[
        Literal[0, 90, 180, 270],
        Meta(description=_("How picture and touches are turned, in degrees; 90 lays a Touch Display 2 on its side.")),
    ] = 0


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything the configuration file may say."""

    device: DeviceOptions = DeviceOptions()
    light: LightOptions = LightOptions()
    camera: CameraOptions = CameraOptions()
    captures: CaptureOptions = CaptureOptions()
    storage: StorageOptions = StorageOptions()
    network: NetworkOptions = NetworkOptions()
    mqtt: MqttOptions = MqttOptions()
    home_assistant: HomeAssistantOptions = HomeAssistantOptions()
    sync: SyncSettings = SyncSettings()
    updates: UpdateOptions = UpdateOptions()
    screen: ScreenOptions = ScreenOptions()
