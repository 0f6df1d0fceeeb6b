"""A reducer's arguments as BSATN types, for the generated bindings and for reading a call."""

from __future__ import annotations

from collections.abc import Callable
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from sproutcast_pi.services.gateway.spacetime.bsatn import BsatnError, Reader
from sproutcast_pi.store.registry import Parameter, Reducer

ArgumentKind = Literal["bool", "i64", "f64", "string", "json"]
READ: dict[ArgumentKind, Callable[[Reader], Any]] = {
    "bool": Reader.flag,
    "i64": Reader.i64,
    "f64": Reader.f64,
    "string": Reader.text,
    "json": Reader.json,
}


class Argument(msgspec.Struct, frozen=True):
    """One argument on the wire; `json` travels as a string that holds JSON."""

    name: str
    kind: ArgumentKind
    optional: bool


def arguments(reducer: Reducer) -> list[Argument]:
    """The arguments in the order they travel."""
    return [_argument(parameter) for parameter in reducer.parameters.values()]


def read_arguments(reducer: Reducer, data: bytes) -> dict[str, Any]:
    """The arguments of a call by name, options that hold nothing left out; raises BsatnError."""
    reader = Reader(data)
    given = {}
    for argument in arguments(reducer):
        if not argument.optional or reader.some():
            given[argument.name] = READ[argument.kind](reader)
    if not reader.done:
        raise BsatnError(f"{reducer.name} got more arguments than it takes")
    return given


def _argument(parameter: Parameter) -> Argument:
    kinds = _plain(parameter.type)
    optional = not parameter.required or NoneType in kinds
    kinds = [kind for kind in kinds if kind is not NoneType]
    return Argument(parameter.name, _kind(kinds), optional)


def _plain(hint: Any) -> list[Any]:
    """The types a hint allows, without annotations."""
    if get_origin(hint) is Annotated:
        return _plain(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        return [plain for part in get_args(hint) for plain in _plain(part)]
    if get_origin(hint) is Literal:
        return [type(choice) for choice in get_args(hint)]
    return [hint]


def _kind(kinds: list[Any]) -> ArgumentKind:
    known: dict[Any, ArgumentKind] = {bool: "bool", int: "i64", float: "f64", str: "string"}
    if {int, float} == set(kinds):
        return "f64"
    if len(set(kinds)) == 1 and kinds[0] in known:
        return known[kinds[0]]
    return "json"
