"""A reducer's arguments as BSATN types, for the generated bindings and for reading a call."""

from __future__ import annotations

from collections.abc import Callable
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from sproutcast_pi.messages.message import Message
from sproutcast_pi.services.gateway.spacetime.bsatn import BsatnError, BsatnReader
from sproutcast_pi.store.reducer import Parameter, Reducer

ArgumentKind = Literal["bool", "i64", "f64", "string", "json", "names"]
READERS: dict[ArgumentKind, Callable[[BsatnReader], Any]] = {
    "bool": BsatnReader.flag,
    "i64": BsatnReader.i64,
    "f64": BsatnReader.f64,
    "string": BsatnReader.text,
    "json": BsatnReader.json,
    "names": BsatnReader.texts,
}
CLEAR = "clear"
"""An argument of the wire alone: the official client sends null as absent, so what is to be emptied is named here."""


class Argument(msgspec.Struct, frozen=True):
    """One argument on the wire; `json` travels as a string that holds JSON."""

    name: str
    kind: ArgumentKind
    optional: bool


def arguments(reducer: Reducer) -> list[Argument]:
    """The arguments in the order they travel."""
    listed = [_argument(parameter) for parameter in reducer.parameters.values()]
    return [*listed, Argument(CLEAR, "names", optional=True)] if clearable(reducer) else listed


def clearable(reducer: Reducer) -> frozenset[str]:
    """The arguments for which null means: empty it, and absent: leave it."""
    return frozenset(
        name
        for name, parameter in reducer.parameters.items()
        if parameter.unset_by_default and NoneType in _plain_types(parameter.type)
    )


def read_arguments(reducer: Reducer, data: bytes) -> dict[str, Any]:
    """The arguments of a call by name, options that hold nothing left out; raises BsatnError."""
    reader = BsatnReader(data)
    given: dict[str, Any] = {}
    for argument in arguments(reducer):
        if not argument.optional or reader.has_value():
            given[argument.name] = READERS[argument.kind](reader)
    for name in given.pop(CLEAR, ()):
        column = _snake(name)
        if column not in clearable(reducer):
            raise BsatnError(f"clear: {name[:40]!r} is none of {', '.join(sorted(clearable(reducer)))}")
        given[column] = None
    if not reader.at_end:
        raise BsatnError(f"{reducer.name} got more arguments than it takes")
    return given


def _argument(parameter: Parameter) -> Argument:
    kinds = _plain_types(parameter.type)
    optional = not parameter.required or NoneType in kinds
    kinds = [kind for kind in kinds if kind is not NoneType]
    return Argument(parameter.name, _kind(kinds), optional)


def _plain_types(hint: Any) -> list[Any]:
    """The types a hint allows, without annotations."""
    if get_origin(hint) is Annotated:
        return _plain_types(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        return [plain for part in get_args(hint) for plain in _plain_types(part)]
    if get_origin(hint) is Literal:
        return [type(choice) for choice in get_args(hint)]
    return [hint]


def _snake(name: str) -> str:
    """A name as the reducer has it, from how the client writes it."""
    return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in name)


def _kind(kinds: list[Any]) -> ArgumentKind:
    known: dict[Any, ArgumentKind] = {bool: "bool", int: "i64", float: "f64", str: "string"}
    # Who speaks BSATN sends plain text; messages are for our own services.
    kinds = [kind for kind in kinds if kind is not Message]
    if {int, float} == set(kinds):
        return "f64"
    if len(set(kinds)) == 1 and kinds[0] in known:
        return known[kinds[0]]
    return "json"
