"""From text to settings: all faults at once, each with line, key, value and remedy."""

from __future__ import annotations

import difflib
import re
import tomllib
import typing
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from sproutcast_pi.config.light_schedule import configured_schedule, with_fitted_schedule
from sproutcast_pi.config.settings import Settings
from sproutcast_pi.errors import ConfigError
from sproutcast_pi.model.lamp_pins import lamp_pin_fault
from sproutcast_pi.model.light_schedule import is_zone, schedule_faults

MAX_BYTES = 1_000_000
"""A configuration is a page or two; anything larger is the wrong file."""


Form = TypeVar("Form", bound=msgspec.Struct)

SECRETS = ("password", "passwort", "passphrase", "psk", "token", "secret")
"""Whatever a key is called that looks like one of these: its value is nobody's to read in a list of faults."""

KINDS: dict[object, str] = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}


class ConfigFault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong, where, and what to do."""

    line: int
    key: str
    value: str
    remedy: str
    contradiction: bool = False
    """Whether the option is fine by itself and another one contradicts it: the settings then hold what fits."""

    def __str__(self) -> str:
        shown = f" = {self.value}" if self.value else ""
        return f"line {self.line}: {self.key}{shown}: {self.remedy}"


def read_config(path: Path) -> Settings:
    """Settings from a file.

    Raises ConfigError with all faults in its `faults`, or when the file can't be read.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ConfigError(f"{path} is larger than {MAX_BYTES} bytes; that is not a configuration file.")
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text (byte {error.start}); save it as UTF-8.") from error
    except OSError as error:
        raise ConfigError(f"{path} can't be read: {error.strerror or error}.") from error
    settings, faults = check_text(text)
    if faults:
        listing = "\n".join(f"  {fault}" for fault in faults)
        raise ConfigError(f"{path} has {len(faults)} fault(s):\n{listing}", faults)
    return settings


def check_text(text: str) -> tuple[Settings, tuple[ConfigFault, ...]]:
    """Settings and every fault of a text.

    Where a value is at fault the setting keeps its default; of a light schedule that contradicts itself the limit
    stays, and the day is shortened to it.
    """
    settings, faults = check_options(Settings, text)
    lines = _LineIndex(text)
    found = (
        *faults,
        *_unknown_zone(settings, lines),
        *_refused_pin(settings, lines),
        *_schedule_contradictions(settings, lines),
    )
    return with_fitted_schedule(settings), tuple(sorted(found, key=lambda fault: fault.line))


def check_options(kind: type[Form], text: str) -> tuple[Form, tuple[ConfigFault, ...]]:
    """A text as any such class of options, with every fault; what is at fault keeps its default."""
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return kind(), (_syntax_fault(text, str(error)),)
    faults: list[ConfigFault] = []
    form = _section(kind, document, (), _LineIndex(text), faults)
    assert isinstance(form, kind)
    return form, tuple(sorted(faults, key=lambda fault: fault.line))


def _section(
    kind: type[msgspec.Struct],
    table: dict[str, Any],
    path: tuple[str, ...],
    lines: _LineIndex,
    faults: list[ConfigFault],
) -> msgspec.Struct:
    """One section as its class; faults are added, faulty values stay at their default."""
    types = typing.get_type_hints(kind, include_extras=True)
    values: dict[str, Any] = {}
    for key, value in table.items():
        where = (*path, key)
        if key not in types:
            faults.append(_fault(where, value, lines, _unknown(key, list(types))))
            continue
        wanted = types[key]
        if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
            if isinstance(value, dict):
                values[key] = _section(wanted, value, where, lines, faults)
            else:
                faults.append(
                    _fault(where, value, lines, f"is a section; write [{'.'.join(where)}] and its keys below.")
                )
            continue
        try:
            values[key] = msgspec.convert(value, wanted)
        except msgspec.ValidationError as error:
            faults.append(_fault(where, value, lines, _remedy(error, wanted)))
    return kind(**values)


def _unknown(key: str, known: list[str]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    if close:
        return f'there is no such option; did you mean "{close[0]}"?'
    return f"there is no such option here; the options are: {', '.join(known)}."


def _remedy(error: msgspec.ValidationError, wanted: object) -> str:
    """The rule that was broken, in words, with what the option is for."""
    metas = [item for item in typing.get_args(wanted) if isinstance(item, msgspec.Meta)]
    meaning = next((f" {meta.description}" for meta in metas if meta.description), "")
    base = typing.get_args(wanted)[0] if metas else wanted
    if typing.get_origin(base) is Literal:
        rule = "must be one of " + ", ".join(repr(choice) for choice in typing.get_args(base))
    else:
        rule = f"must be {KINDS.get(base, 'a list of texts')}"
        low, high = (
            next((getattr(meta, side) for meta in metas if getattr(meta, side) is not None), None)
            for side in ("ge", "le")
        )
        if low is not None or high is not None:
            rule += f" from {low} to {high}"
        if any(meta.pattern for meta in metas) or "regex" in str(error):
            rule += " of the right form"
    return f"{rule}.{meaning}"


def _unknown_zone(settings: Settings, lines: _LineIndex) -> list[ConfigFault]:
    zone = settings.device.time_zone
    if not zone or is_zone(zone):
        return []
    return [_fault(("device", "time_zone"), zone, lines, 'is no time zone; write one like "Europe/Berlin".')]


def _refused_pin(settings: Settings, lines: _LineIndex) -> list[ConfigFault]:
    remedy = lamp_pin_fault(settings.light.output)
    return [_fault(("light", "output"), settings.light.output, lines, remedy)] if remedy else []


def _schedule_contradictions(settings: Settings, lines: _LineIndex) -> list[ConfigFault]:
    """Options of the light's schedule that contradict each other, named at the first one that the file sets."""
    found: list[ConfigFault] = []
    for fault in schedule_faults(configured_schedule(settings.light)):
        keys = [("light", "schedule", field) for field in fault.fields]
        key = next((key for key in keys if lines.sets(key)), keys[0])
        value = getattr(settings.light.schedule, key[-1])
        one = _fault(key, value, lines, f"{fault.message}.")
        found.append(msgspec.structs.replace(one, contradiction=True))
    return found


def _fault(where: tuple[str, ...], value: object, lines: _LineIndex, remedy: str) -> ConfigFault:
    shown = "" if isinstance(value, dict) or _is_secret(where[-1]) else repr(value)[:80]
    return ConfigFault(line=lines.line_of(where), key=".".join(where), value=shown, remedy=remedy)


def _is_secret(key: str) -> bool:
    return bool(difflib.get_close_matches(key.lower(), SECRETS, n=1)) or any(word in key.lower() for word in SECRETS)


def _syntax_fault(text: str, message: str) -> ConfigFault:
    match = re.search(r"at line (\d+)", message)
    line = int(match.group(1)) if match else max(1, text.count("\n"))
    # The key alone: the rest of the line may be a password whose quotation mark is missing.
    key = re.match(r"\s*([\w.-]+)\s*=", text.splitlines()[line - 1]) if line <= len(text.splitlines()) else None
    remedy = 'is not valid TOML; a line is key = value, texts stand between "quotation marks", sections in [brackets].'
    return ConfigFault(line=line, key=key.group(1) if key else "this line", value="", remedy=remedy)


class _LineIndex:
    """Where each key stands; `tomllib` does not tell. Good for the plain tables this file consists of."""

    def __init__(self, text: str) -> None:
        self._line_numbers: dict[tuple[str, ...], int] = {}
        section: tuple[str, ...] = ()
        for number, line in enumerate(text.splitlines(), start=1):
            if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line):
                section = _split_key(header.group(1))
                self._line_numbers.setdefault(section, number)
            elif key := re.match(r"""\s*((?:"[^"]*"|'[^']*'|[\w.-])+)\s*=""", line):
                self._line_numbers.setdefault((*section, *_split_key(key.group(1))), number)

    def sets(self, where: tuple[str, ...]) -> bool:
        """Whether the file has this key."""
        return where in self._line_numbers

    def line_of(self, where: tuple[str, ...]) -> int:
        """The line of a key, else of the nearest section around it, else 1."""
        for length in range(len(where), 0, -1):
            if where[:length] in self._line_numbers:
                return self._line_numbers[where[:length]]
        return 1


def _split_key(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
