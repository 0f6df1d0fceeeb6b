"""A reducer and its schema, which is its signature: what it takes, from whom, and the refusal when it does not fit."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from types import ModuleType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import UNSET, UnsetType

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import arguments, rules
from sproutcast_pi.messages.areas.text import TRANSLATED
from sproutcast_pi.messages.message import Message, Value
from sproutcast_pi.messages.validation import split_fault
from sproutcast_pi.store.arguments import MEANING
from sproutcast_pi.store.callers import Role
from sproutcast_pi.store.sanitise import sanitise

MAX_SHOWN_CHARS = 60
"""Characters of a refused value that are repeated in the refusal."""

SLICES_REMAIN = True
"""What a sliced reducer returns while there is more to do."""

Function = TypeVar("Function", bound=Callable[..., Any])


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One argument of a reducer."""

    name: str
    type: Any
    required: bool
    multiline: bool
    unset_by_default: bool = False
    """Whether leaving it out differs from null, which empties what it sets."""
    """Whether its text may have several lines."""


class Reducer(msgspec.Struct, frozen=True, kw_only=True):
    """A named, validated, transactional function: the only way any row changes."""

    name: str
    role: Role
    doc: str
    parameters: dict[str, Parameter]
    function: Callable[..., Any]
    sliced: bool = False
    """Whether it is called again, in further transactions, until it no longer returns `SLICES_REMAIN`."""

    def bind(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """Return `args` as the function wants them; raises RefusedError naming field, value and rule."""
        for name in args:
            if name not in self.parameters:
                raise RefusedError(self._unknown_argument(name), field=str(name)[:80])
        bound: dict[str, Any] = {}
        for name, parameter in self.parameters.items():
            if name in args:
                bound[name] = _convert(parameter, args[name])
            elif parameter.required:
                raise RefusedError(_missing(self.name, parameter), field=name)
        return bound

    def schema(self) -> dict[str, Any]:
        """Return name, role, description and the JSON schema of each argument."""
        arguments = {
            name: msgspec.json.schema(parameter.type) | {"required": parameter.required}
            for name, parameter in self.parameters.items()
        }
        return {"name": self.name, "role": self.role, "description": self.doc, "arguments": arguments}

    def _unknown_argument(self, name: object) -> Message:
        unknown: dict[str, Value] = {"reducer": self.name, "name": str(name)[:80]}
        if close := get_close_matches(str(name), self.parameters, n=1):
            return arguments.UNKNOWN_BUT(close=close[0], **unknown)
        return (
            arguments.UNKNOWN(names=[*self.parameters], **unknown)
            if self.parameters
            else arguments.UNKNOWN_NONE(**unknown)
        )


def reducer(*, role: Role, sliced: bool = False) -> Callable[[Function], Function]:
    """Mark a function `(ctx, *, arguments)` as a reducer that callers of `role` and above may call."""

    def mark(function: Function) -> Function:
        hints = get_type_hints(function, include_extras=True)
        parameters = {
            name: _parameter(name, hints[name], part.default)
            for name, part in inspect.signature(function).parameters.items()
            if part.kind is inspect.Parameter.KEYWORD_ONLY
        }
        doc = inspect.getdoc(function) or ""
        function.__reducer__ = Reducer(  # type: ignore[attr-defined]  # a mark on a plain function
            name=function.__name__, role=role, doc=doc, parameters=parameters, function=function, sliced=sliced
        )
        return function

    return mark


def collect_reducers(modules: Iterable[ModuleType]) -> dict[str, Reducer]:
    """Return every reducer of `modules` by its name; raises ValueError when two share one."""
    found: dict[str, Reducer] = {}
    for module in modules:
        for thing in vars(module).values():
            known = getattr(thing, "__reducer__", None)
            if isinstance(known, Reducer) and known.function.__module__ == module.__name__:
                if known.name in found:
                    raise ValueError(f"two reducers are named {known.name}")
                found[known.name] = known
    return found


def find_reducer(reducers: Mapping[str, Reducer], name: str) -> Reducer:
    """Return the reducer of that name; raises RefusedError (`not_found`) with the nearest one."""
    known = reducers.get(name)
    if known is None:
        close = get_close_matches(str(name), reducers, n=1)
        shown = str(name)[:80]
        missing = arguments.NO_REDUCER_BUT(name=shown, close=close[0]) if close else arguments.NO_REDUCER(name=shown)
        raise RefusedError(missing, code="not_found")
    return known


def _without_unset(hint: Any) -> Any:
    """Return the type of an argument when it is given at all."""
    if get_origin(hint) not in (Union, UnionType):
        return hint
    kept = tuple(part for part in get_args(hint) if part is not UnsetType)
    return Union[kept]  # noqa: UP007 - built from parts, which the | syntax cannot


def _parameter(name: str, hint: Any, default: Any) -> Parameter:
    given = _without_unset(hint)
    return Parameter(
        name=name,
        type=given,
        required=default is inspect.Parameter.empty,
        multiline=_multiline(given),
        unset_by_default=default is UNSET,
    )


def _convert(parameter: Parameter, value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        value = msgspec.to_builtins(value)
    cleaned = sanitise(parameter.name, value, multiline=parameter.multiline)
    if parameter.type is bool and type(cleaned) is int and cleaned in (0, 1):
        return bool(cleaned)
    try:
        return msgspec.convert(cleaned, parameter.type)
    except msgspec.ValidationError as fault:
        raise RefusedError(_error_message(parameter, cleaned, fault), field=parameter.name) from None


def _missing(reducer: str, parameter: Parameter) -> Message:
    missing: dict[str, Value] = {"reducer": reducer, "field": parameter.name}
    meaning = _meaning(parameter.type)
    return arguments.MISSING_WITH_MEANING(meaning=meaning, **missing) if meaning else arguments.MISSING(**missing)


def _error_message(parameter: Parameter, value: Any, fault: msgspec.ValidationError) -> Message:
    """Turn msgspec's fault into one that names field, value and rule."""
    rule, place = split_fault(fault)
    shown = repr(value)
    shown = shown if len(shown) <= MAX_SHOWN_CHARS else f"{shown[: MAX_SHOWN_CHARS - 3]}..."
    known: dict[str, Value] = {"field": parameter.name + place, "value": shown}
    choices = _choices(parameter.type)
    if rule.code == rules.NO_CHOICE.code and choices and not place:
        return _no_choice(known, str(value), choices)
    meaning = _meaning(parameter.type)
    if meaning:
        return arguments.REFUSED_WITH_MEANING(rule=rule, meaning=meaning, **known)
    return arguments.REFUSED(rule=rule, **known)


def _no_choice(known: dict[str, Value], value: str, choices: list[str]) -> Message:
    if close := get_close_matches(value, choices, n=1):
        return arguments.NO_CHOICE_BUT(choices=[*choices], close=close[0], **known)
    return arguments.NO_CHOICE(choices=[*choices], **known)


def _parts(hint: Any) -> list[Any]:
    return [hint, *get_args(hint)] + [deeper for part in get_args(hint) for deeper in get_args(part)]


def _choices(hint: Any) -> list[str]:
    return [str(choice) for part in _parts(hint) if get_origin(part) is Literal for choice in get_args(part)]


def _metas(hint: Any) -> list[msgspec.Meta]:
    return [part for part in _parts(hint) if isinstance(part, msgspec.Meta)] + [
        meta for part in _parts(hint) for meta in getattr(part, "__metadata__", ()) if isinstance(meta, msgspec.Meta)
    ]


def _meaning(hint: Any) -> Message | None:
    """What a type is described as."""
    for meta in _metas(hint):
        if meta.description:
            return (meta.extra or {}).get(MEANING) or TRANSLATED(text=meta.description)
    return None


def _multiline(hint: Any) -> bool:
    return any((meta.extra or {}).get("multiline") for meta in _metas(hint))
