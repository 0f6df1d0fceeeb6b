"""What an owner can read is a message with a code: no error or report is built from an English text."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
QUERY = "explains a query to the developer who wrote it, by its characters and in SQL's own words"
REDUCER = "an error of a reducer's author or of the build, found by the tests"
PROTOCOL = "answers a program that breaks its protocol, for that program's developer"
ALLOWED: Mapping[str, str] = {
    "sproutcast_pi/protocol/websocket.py": PROTOCOL,
    "sproutcast_pi/protocol/websocket_client.py": PROTOCOL,
    "sproutcast_pi/services/gateway/json_session.py": PROTOCOL,
    "sproutcast_pi/services/gateway/spacetime/endpoints.py": PROTOCOL,
    "sproutcast_pi/services/gateway/spacetime/session.py": PROTOCOL,
    "sproutcast_pi/store/cross_check.py": REDUCER,
    "sproutcast_pi/store/database.py": REDUCER,
    "sproutcast_pi/store/subscriptions/live_queries.py": QUERY,
    "sproutcast_pi/store/subscriptions/live_query.py": QUERY,
    "sproutcast_pi/store/subscriptions/live_window.py": QUERY,
    "sproutcast_pi/store/subscriptions/parse.py": QUERY,
    "sproutcast_pi/store/subscriptions/read_connection.py": QUERY,
    "sproutcast_pi/store/subscriptions/requeried.py": QUERY,
    "sproutcast_pi/store/subscriptions/subscription.py": QUERY,
    "sproutcast_pi/store/subscriptions/tokens.py": QUERY,
}
"""Modules whose errors may be English texts, and why."""
REPORTS = frozenset({"HealthReport", "ConnectionStatus", "Finding"})
"""Not errors, but read by owners."""


@cache
def modules() -> tuple[tuple[str, ast.Module], ...]:
    files = sorted([*ROOT.glob("sproutcast_pi/**/*.py"), *ROOT.glob("ui/**/*.py")])
    return tuple((path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))) for path in files)


@cache
def builders() -> frozenset[str]:
    """`SproutcastError`, every class below it, and reports."""
    bases = {
        node.name: {ast.unparse(base).rpartition(".")[2] for base in node.bases}
        for _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    known = {"SproutcastError"}
    while found := {name for name, its in bases.items() if its & known} - known:
        known |= found
    return frozenset(known) | REPORTS


def is_text(value: ast.expr) -> bool:
    """Whether an argument is an English text, or the text of another error, in place of a message."""
    match value:
        case ast.Constant(value=str() as text):
            return " " in text
        case ast.JoinedStr():
            return True
        case ast.BinOp(left=left, right=right):
            return is_text(left) or is_text(right)
        case ast.IfExp(body=body, orelse=otherwise):
            return is_text(body) or is_text(otherwise)
        case ast.Call(func=ast.Name(id="str" | "english")):
            return True
    return False


def texts(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in builders():
            named = (keyword.value for keyword in node.keywords if keyword.arg not in {"code", "field", "part"})
            for value in (*node.args, *named):
                if is_text(value):
                    yield f"{node.lineno}: {ast.unparse(node.func)}({ast.unparse(value)})"


def test_no_error_or_report_is_an_english_text() -> None:
    found = [f"{name}:{one}" for name, tree in modules() if name not in ALLOWED for one in texts(tree)]
    assert found == [], "write a template in sproutcast_pi/messages/areas"


@pytest.mark.parametrize("name", ALLOWED)
def test_every_exception_to_it_is_needed(name: str) -> None:
    assert list(texts(dict(modules())[name])), f"{name} has no such text: take it from the list"


def test_texts_are_found_in_every_form() -> None:
    source = "RefusedError('no plant'); StoreError(f'{x} is gone'); ImageError(str(e)); HealthReport(message='a b')"
    assert len(list(texts(ast.parse(source)))) == 4
    assert list(texts(ast.parse("RefusedError(refusals.NO_SUCH_ROW(field='a b'), code='not_found')"))) == []
