"""Every exception to a tool's check says why: `# noqa: CODE - reason`, `# type: ignore[code]  # reason`."""

import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXCEPTION = re.compile(
    r"(?P<noqa>(?:ruff: )?noqa\b(?::\s*[A-Z]+[0-9]+(?:,\s*[A-Z]+[0-9]+)*)?)|(?P<type>type:\s*ignore(?:\[[^\]]*\])?)"
    r"|(?P<mypy>mypy:\s*[a-z-]+)|(?P<pragma>pragma:\s*no \w+)"
)
REASON = {"noqa": r" - \S", "mypy": r" - \S", "pragma": r" - \S", "type": r"  # \S"}
"""What follows each kind; mypy accepts nothing behind its own comment but another."""
NAMED = {"noqa": ":", "type": "["}
"""What names the one check that is meant: an exception to all checks hides more than its reason says."""


def unexplained(source):
    """Lines of a Python source with an exception to a check that gives no reason, or names no check."""
    if not EXCEPTION.search(source):
        return []
    found = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        for match in EXCEPTION.finditer(token.string):
            kind = match.lastgroup
            named = NAMED.get(kind, "") in match[0]
            if not (named and re.match(REASON[kind], token.string[match.end() :])):
                found.append((token.start[0], token.string))
    return found


def test_every_exception_to_a_check_has_its_reason_beside_it():
    folders = ("sproutcast_pi", "ui", "tests", "bench", "training", "tools", "image-build")
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    assert len(paths) > 500
    bare = [
        f"{path.relative_to(ROOT)}:{line}: {comment}"
        for path in paths
        for line, comment in unexplained(path.read_text(encoding="utf-8"))
    ]
    assert not bare, "\n".join(bare)


@pytest.mark.parametrize(
    ("comment", "is_bare"),
    [
        ("# noqa: S608", True),
        ("# noqa", True),
        ("# noqa - everything", True),
        ("# noqa: S608, E501 - names of the schema", False),
        ("# noqa: S608  # names of the schema", True),
        ("# ruff: noqa: PLR2004", True),
        ("# ruff: noqa: PLR2004 - the format's own numbers", False),
        ("# type: ignore[misc]", True),
        ("# type: ignore  # untyped", True),
        ("# type: ignore[misc]  # half of it is typed", False),
        ("# type: ignore[misc]  # noqa: S608 - names of ours", False),
        ("# pragma: no cover", True),
        ("# pragma: no cover - only on a Pi", False),
        ("# mypy: ignore-errors", True),
        ("# an ordinary comment", False),
    ],
)
def test_what_counts_as_a_reason(comment, is_bare):
    assert bool(unexplained(f"x = 1  {comment}\n")) == is_bare
