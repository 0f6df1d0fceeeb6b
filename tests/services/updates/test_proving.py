"""An update on probation, and how everybody is told."""

import pytest

from sproutcast_pi.app.appliance import broken
from sproutcast_pi.errors import RefusedError
from sproutcast_pi.services.appliance.orders import PROGRESS, Progress, write_progress
from sproutcast_pi.services.updates.follower import ATTENTIVE_S, UpdateFollower
from sproutcast_pi.services.updates.ledger import Entry, close_entry, write_entry
from sproutcast_pi.services.updates.probation import HOLD_S, LIMIT_S, Probation
from sproutcast_pi.services.updates.running import Running
from sproutcast_pi.simulated.clocks import TurnableClock
from sproutcast_pi.store.engine import Store


class Trial:
    def __init__(self, broken=()):
        self.clock = TurnableClock()
        self.missing = {"light": None, "store": None, "screen": "The screen is dark."}
        self.done = []
        self.told = []
        self.probation = Probation(
            clock=self.clock,
            proofs={name: lambda name=name: self.missing[name] for name in self.missing},
            tell=self.told.append,
            commit=lambda: self.done.append("kept"),
            roll_back=self.done.append,
            broken=broken,
        )

    def after(self, seconds):
        self.clock.turn(seconds)
        self.probation.look()


def test_it_stays_when_all_proofs_have_held_together_long_enough():
    trial = Trial()
    trial.after(0)
    trial.missing["screen"] = None
    trial.after(1)
    trial.after(HOLD_S - 1)
    trial.missing["store"] = "The database can't be written."
    trial.after(0.5)
    trial.missing["store"] = None
    trial.after(0.5)
    trial.after(HOLD_S - 1)
    assert trial.done == []
    trial.after(1)
    assert trial.done == ["kept"]
    assert "screen is dark" in trial.told[0]


def test_it_goes_when_the_time_is_up_and_says_what_was_missing():
    trial = Trial()
    trial.after(LIMIT_S - 1)
    assert trial.done == []
    trial.after(1)
    assert "The screen is dark." in trial.done[0]


def test_what_was_broken_before_may_stay_broken_and_is_named():
    trial = Trial(broken=("light",))
    trial.missing.update(light="The lamp's output can't be driven.", screen=None)
    trial.after(0)
    trial.after(HOLD_S)
    assert trial.done == ["kept"]
    assert "did not work before the update either" in trial.told[0]


def test_what_worked_before_may_not_break():
    trial = Trial(broken=("light",))
    trial.missing.update(light="The lamp's output can't be driven.")
    trial.after(LIMIT_S)
    assert "The screen is dark." in trial.done[0]


def test_only_lamp_and_screen_may_have_been_broken():
    asked = dict.fromkeys(("start", "light", "store", "screen"), lambda: "It is broken.")
    assert broken(asked) == ("light", "screen")
    assert broken({**asked, "screen": lambda: None}) == ("light",)


def test_a_busy_deputy_is_asked_again():
    trial = Trial()
    answers = [RefusedError("busy", code="conflict"), None]

    def commit():
        answer = answers.pop(0)
        if answer:
            raise answer
        trial.done.append("kept")

    trial.missing["screen"] = None
    trial.probation._commit = commit
    for _ in range(3):
        trial.after(HOLD_S)
    assert trial.done == ["kept"]


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "s.sqlite3", clock=TurnableClock(), device="spr-x")
    yield made
    made.close()


def follower(store, tmp_path, *, slot="a", trying=False, checks=None, clock=None, diary=None):
    return UpdateFollower(
        store=store,
        clock=clock or TurnableClock(),
        version="0.1.0",
        running=Running(slot=slot, trying=trying),
        answers=tmp_path,
        system=tmp_path,
        check=lambda: checks.append(1) if checks is not None else None,
        check_every_s=86_400.0,
        note=(diary if diary is not None else []).append,
    )


def row(store):
    return store.query("SELECT * FROM software")[0]


def test_what_the_deputy_tells_is_shown(store, tmp_path):
    one = follower(store, tmp_path)
    one.look()
    assert (row(store)["state"], row(store)["version"], row(store)["slot"]) == ("idle", "0.1.0", "a")
    assert row(store)["checked_at"] is None
    write_progress(tmp_path / PROGRESS, Progress(state="available", message="Ready.", version="0.2.0", source="usb"))
    one.look()
    assert (row(store)["available_version"], row(store)["source"]) == ("0.2.0", "usb")
    assert row(store)["checked_at"]
    write_progress(tmp_path / PROGRESS, Progress(state="installing", message="Writing.", version="0.2.0", percent=41.0))
    one.look()
    assert (row(store)["state"], row(store)["progress"]) == ("installing", 41.0)


def test_an_update_that_did_not_stay_is_told_once_with_its_reason(store, tmp_path):
    write_entry(tmp_path, Entry(version="0.2.0", slot="b", before="0.1.0"))
    trial = follower(store, tmp_path, slot="b", trying=True)
    trial.proving("The screen is dark.")
    trial.look()
    assert (row(store)["state"], row(store)["message"]) == ("proving", "The screen is dark.")
    close_entry(tmp_path, "failed", "The screen stayed dark.")
    diary = []
    for _ in range(3):
        follower(store, tmp_path, diary=diary).look()
    assert row(store)["state"] == "failed"
    assert "0.2.0 did not stay: The screen stayed dark." in row(store)["message"]
    assert store.query("SELECT state FROM health WHERE part = 'update'") == [{"state": "warn"}]
    assert len(store.query("SELECT 1 FROM notification")) == 1
    assert diary == [row(store)["message"]]


def test_an_address_is_asked_once_a_day(store, tmp_path):
    checks, clock = [], TurnableClock()
    one = follower(store, tmp_path, checks=checks, clock=clock)
    for _ in range(48):
        one.look()
        clock.turn(3600)
    one.look()
    assert len(checks) == 2


def test_after_something_was_asked_the_first_word_is_waited_for(store, tmp_path):
    clock = TurnableClock()
    one = follower(store, tmp_path, clock=clock)
    assert not one.busy(one.look())
    one.asked()
    clock.turn(ATTENTIVE_S - 1)
    assert one.busy(one.look())
    clock.turn(1)
    assert not one.busy(one.look())
    write_progress(tmp_path / PROGRESS, Progress(state="installing", message="Writing.", percent=1.0))
    assert one.busy(one.look())
