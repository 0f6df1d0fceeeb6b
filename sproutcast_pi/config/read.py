"""From text to settings: all faults at once, each with line, key, value and remedy."""

from __future__ import annotations

import difflib
import re
import typing
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from sproutcast_pi.config.light_schedule import with_fitted_schedule
from sproutcast_pi.config.rules import contradictions
from sproutcast_pi.config.settings import Settings
from sproutcast_pi.config.syntax import TomlSyntaxError, parse_toml
from sproutcast_pi.errors import ConfigError
from sproutcast_pi.messages.areas import configuration
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.messages.message import Message, Template
from sproutcast_pi.model.lamp_pins import lamp_pin_fault
from sproutcast_pi.model.light_schedule import is_zone
from sproutcast_pi.text_file import read_text_file

Form = TypeVar("Form", bound=msgspec.Struct)

SECRETS = ("password", "passwort", "passphrase", "psk", "token", "secret")
"""Whatever a key is called that looks like one of these: its value is nobody's to read in a list of faults."""

KINDS: dict[object, Template] = {
    bool: configuration.TRUTH,
    int: configuration.WHOLE_NUMBER,
    float: configuration.NUMBER,
    str: configuration.TEXT,
}


MAX_LISTED = 50
"""Faults that are written out: a page or two of a terminal, and what a row of the health table can hold."""


class ConfigFault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong, where, and what to do."""

    line: int
    key: str | Message
    value: str
    rule: Message
    """What it must be."""
    contradiction: bool = False
    """Whether the option is fine by itself and another one contradicts it: the settings then hold what fits."""

    @property
    def remedy(self) -> str:
        """The rule in English."""
        return english(self.rule)

    @property
    def message(self) -> Message:
        """The whole fault."""
        if self.value:
            return configuration.FAULT_WITH_VALUE(line=self.line, key=self.key, value=self.value, remedy=self.rule)
        return configuration.FAULT(line=self.line, key=self.key, remedy=self.rule)

    def __str__(self) -> str:
        return english(self.message)


def read_config(path: Path) -> Settings:
    """Settings from a file.

    Raises ConfigError with all faults in its `faults`, or when the file can't be read.
    """
    text = read_text_file(path)
    settings, faults = check_text(text)
    if faults:
        raise ConfigError(faults_message(path, faults), faults)
    return settings


def faults_message(path: Path, faults: Sequence[ConfigFault]) -> Message:
    """The number of faults in a file, and the first of them."""
    listed: list[str | int | float | Message] = [
        configuration.ENTRY(fault=fault.message) for fault in faults[:MAX_LISTED]
    ]
    return configuration.FAULTS(file=str(path), n=len(faults), faults=listed)


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
        *_contradictions(settings, lines),
    )
    return with_fitted_schedule(settings), tuple(sorted(found, key=lambda fault: fault.line))


def check_options(kind: type[Form], text: str) -> tuple[Form, tuple[ConfigFault, ...]]:
    """A text as any such class of options, with every fault; what is at fault keeps its default."""
    try:
        document = parse_toml(text)
    except TomlSyntaxError as error:
        return kind(), (ConfigFault(line=error.fault.line, key=error.fault.key, value="", rule=error.fault.reason),)
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
                faults.append(_fault(where, value, lines, configuration.SECTION(name=".".join(where))))
            continue
        try:
            values[key] = msgspec.convert(value, wanted)
        except msgspec.ValidationError as error:
            faults.append(_fault(where, value, lines, _remedy(error, wanted)))
    return kind(**values)


def _unknown(key: str, known: list[str]) -> Message:
    close = difflib.get_close_matches(key.lower(), known, n=1)
    if close:
        return configuration.UNKNOWN_BUT(close=close[0])
    return configuration.UNKNOWN(names=[*known])


def _remedy(error: msgspec.ValidationError, wanted: object) -> Message:
    """The rule that was broken, in words, with what the option is for."""
    metas = [item for item in typing.get_args(wanted) if isinstance(item, msgspec.Meta)]
    meaning = next((meta.description for meta in metas if meta.description), "")
    base = typing.get_args(wanted)[0] if metas else wanted
    if typing.get_origin(base) is Literal:
        rule = configuration.CHOICES(choices=[repr(choice) for choice in typing.get_args(base)])
    else:
        kind = KINDS.get(base, configuration.TEXTS)()
        low, high = (
            next((getattr(meta, side) for meta in metas if getattr(meta, side) is not None), None)
            for side in ("ge", "le")
        )
        rule = configuration.KIND(kind=kind)
        if low is not None or high is not None:
            rule = configuration.KIND_FROM_TO(kind=kind, low=str(low), high=str(high))
        if "matching regex" in str(error):
            rule = configuration.RIGHT_FORM(rule=rule)
        elif "length" in str(error):
            rule = _with_length(rule, metas)
    if meaning:
        return configuration.RULE_WITH_MEANING(rule=rule, meaning=meaning)
    return configuration.RULE(rule=rule)


def _with_length(rule: Message, metas: list[msgspec.Meta]) -> Message:
    """The rule, with how long a text may be."""
    low = max((meta.min_length or 0 for meta in metas), default=0)
    high = min((meta.max_length for meta in metas if meta.max_length is not None), default=None)
    if high is None:
        return configuration.AT_LEAST(rule=rule, low=low)
    if low:
        return configuration.LENGTH(rule=rule, low=low, high=high)
    return configuration.AT_MOST(rule=rule, high=high)


def _unknown_zone(settings: Settings, lines: _LineIndex) -> list[ConfigFault]:
    zone = settings.device.time_zone
    if not zone or is_zone(zone):
        return []
    return [_fault(("device", "time_zone"), zone, lines, configuration.NO_TIME_ZONE())]


def _refused_pin(settings: Settings, lines: _LineIndex) -> list[ConfigFault]:
    remedy = lamp_pin_fault(settings.light.output)
    return [_fault(("light", "output"), settings.light.output, lines, remedy)] if remedy else []


def _contradictions(settings: Settings, lines: _LineIndex) -> list[ConfigFault]:
    """Options that contradict each other, named at the first one that the file sets."""
    found: list[ConfigFault] = []
    for one in contradictions(settings):
        key = next((key for key in one.keys if lines.sets(key)), one.keys[0])
        value: object = settings
        for part in key:
            value = getattr(value, part)
        found.append(msgspec.structs.replace(_fault(key, value, lines, one.remedy), contradiction=True))
    return found


def _fault(where: tuple[str, ...], value: object, lines: _LineIndex, rule: Message) -> ConfigFault:
    shown = "" if isinstance(value, dict) or _is_secret(where[-1]) or "@" in repr(value) else repr(value)[:80]
    return ConfigFault(line=lines.line_of(where), key=".".join(where), value=shown, rule=rule)


def _is_secret(key: str) -> bool:
    return bool(difflib.get_close_matches(key.lower(), SECRETS, n=1)) or any(word in key.lower() for word in SECRETS)


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
