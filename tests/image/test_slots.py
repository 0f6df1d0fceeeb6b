"""The rule that a guest's power cuts are held against: which slot may start next, and what may never be asked for."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / "image-build" / "checks" / "slots.py"


def load():
    spec = importlib.util.spec_from_file_location("slots", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


slots = load()
E = slots.Environment


class Card:
    def __init__(self):
        self.whole = {"a"}
        self.slots = slots.Slots(lambda name: name in self.whole)


@pytest.fixture
def card():
    return Card()


def test_an_update_that_is_written_tried_and_kept_is_allowed(card):
    card.slots.started("a", trying=False)
    card.whole.add("b")
    card.slots.cut(E("a", "b"), updating=True)
    card.slots.started("b", trying=True)
    card.slots.cut(E("b", ""), updating=False)
    card.slots.started("b", trying=False)


def test_a_try_that_lost_its_power_is_followed_by_the_slot_in_force(card):
    card.whole.add("b")
    card.slots.cut(E("a", "b"), updating=True)
    card.slots.cut(E("a", "b"), updating=False)  # before the boot menu
    card.slots.cut(E("a", ""), updating=False)  # after it
    with pytest.raises(slots.SlotError, match="slot b started"):
        card.slots.started("b", trying=False)
    card.slots.started("a", trying=False)


def test_a_half_written_slot_may_not_start(card):
    with pytest.raises(slots.SlotError, match="does not hold what was signed"):
        card.slots.cut(E("a", "b"), updating=True)


def test_the_running_slot_may_not_be_written(card):
    card.whole.clear()
    with pytest.raises(slots.SlotError, match="slot a is to start and does not hold"):
        card.slots.cut(E("a", ""), updating=True)


@pytest.mark.parametrize(("then", "reason"), [(E("b", ""), "nobody has tried"), (E("a", "b"), "nobody has asked")])
def test_without_an_update_nothing_changes(card, then, reason):
    card.whole.add("b")
    with pytest.raises(slots.SlotError, match=reason):
        card.slots.cut(then, updating=False)


@pytest.mark.parametrize(
    "text", [None, b"", b"slot=a\ntry=\n", b"slot=c\ntry=\n".ljust(1024, b"#"), b"slot=a\ntry=x\n".ljust(1024, b"#")]
)
def test_a_damaged_environment_is_reported(text):
    with pytest.raises(slots.SlotError, match="damaged"):
        slots.environment(text)


def test_a_whole_environment_is_read():
    text = b"# GRUB Environment Block\nslot=b\ntry=a\n"
    assert slots.environment(text.ljust(1024, b"#")) == E("b", "a")
