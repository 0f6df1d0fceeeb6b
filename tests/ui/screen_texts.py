"""Every text the screen can say, found in its sources."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import ui

ROOT = Path(ui.__file__).parent
TRANSLATION_CALLS = {"tr", "_", "self", "plural"}


def texts() -> dict[str, str | None]:
    """Return msgid to its plural (or None)."""
    found: dict[str, str | None] = {}
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                _collect(node, found)
        if path.name == "formatter.py":
            for match in re.findall(r'\("(\w{3})", "(\w{3})"[^)]*\)', path.read_text(encoding="utf-8")):
                del match
            for names in re.findall(r'\(("(?:Jan|Mon)"[^)]*)\)', path.read_text(encoding="utf-8")):
                found.update(dict.fromkeys(re.findall(r'"(\w+)"', names)))
    for path in sorted(ROOT.rglob("*.kv")):
        found.update(dict.fromkeys(re.findall(r"app\.tr\('([^']+)'\)", path.read_text(encoding="utf-8"))))
    return found


def _collect(node: ast.Call, found: dict[str, str | None]) -> None:
    func = node.func
    name = func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""
    first = node.args[0]
    assert isinstance(first, ast.Constant)
    if name not in TRANSLATION_CALLS or not isinstance(first.value, str) or not first.value:
        return
    if name == "plural" and isinstance(node.args[1], ast.Constant):
        found[first.value] = str(node.args[1].value)
    else:
        found.setdefault(first.value, None)
