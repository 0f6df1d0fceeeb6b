"""What is found in a guest or a still after the power went, against what had been promised: each breach is seen."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

CHECKS = Path(__file__).parents[2] / "image-build" / "checks"
NOON = "2026-11-22T12:00:00.000000Z"
WHOLE = {
    "integrity": "ok",
    "care": [1, 2, 3, 4],
    "log": [5, 14, 10],
    "light": [[NOON, 1.0, "schedule"]],
    "strays": [],
    "pictures": 1,
}


@pytest.fixture
def invariants(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(CHECKS))
    before = set(sys.modules)
    module = importlib.import_module("invariants")
    (tmp_path / "acknowledged").write_text("1\n2\n3\n4")
    made = module.Invariants(tmp_path / "acknowledged")
    made.count()
    yield made
    for name in set(sys.modules) - before:
        if str(CHECKS) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def test_what_was_promised_and_more_is_whole(invariants):
    invariants.compare(WHOLE)
    assert invariants.figures()["acknowledged"] == 3  # of the fourth only half a word had left


@pytest.mark.parametrize(
    "found",
    [
        {"care": [1, 2]},
        {"integrity": "row 7 missing from index"},
        {"log": [5, 14, 9]},
        {"strays": ["2026/11/22/120000-1.jpg"]},
        {"light": [[NOON, 0.4, "schedule"]]},
    ],
    ids=["row", "database", "log", "picture", "light"],
)
def test_each_breach_is_seen(invariants, found):
    with pytest.raises(Exception, match=r"lost|planned was"):
        invariants.compare({**WHOLE, **found})


def test_lost_light_history_is_seen(invariants):
    invariants.compare(WHOLE)
    with pytest.raises(Exception, match="light history is incomplete"):
        invariants.compare({**WHOLE, "light": []})
