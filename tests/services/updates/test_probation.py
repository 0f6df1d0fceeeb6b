"""An update on probation, and how its outcome is reported."""

import pytest

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import updates
from sproutcast_pi.messages.areas.text import verbatim
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.services.appliance.helper_protocol import PROGRESS_FILE, HelperProgress, write_progress
from sproutcast_pi.services.appliance.update_status import RESPONSE_WINDOW_S, UpdateStatusPublisher
from sproutcast_pi.services.updates.boot_slot import BootSlot
from sproutcast_pi.services.updates.probation import STABLE_S, TIMEOUT_S, Probation
from sproutcast_pi.services.updates.update_checks import failed_checks, update_checks
from sproutcast_pi.services.updates.update_state import UpdateState, finish_update, write_update_state
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import Store

READY, WRITING = updates.READY(version="0.2.0"), updates.WRITING(version="0.2.0")


class Trial:
    def __init__(self, broken=()):
        self.clock = FakeClock()
        self.missing = {"light": None, "store": None, "screen": "The screen is dark."}
        self.done = []
        self.reports = []
        self.probation = Probation(
            clock=self.clock,
            proofs={name: lambda name=name: self.missing[name] for name in self.missing},
            report=self.reports.append,
            commit=lambda: self.done.append("kept"),
            roll_back=self.done.append,
            broken=broken,
        )

    def after(self, seconds):
        self.clock.advance(seconds)
        self.probation.check()


def test_it_stays_when_all_proofs_have_held_together_long_enough():
    trial = Trial()
    trial.after(0)
    trial.missing["screen"] = None
    trial.after(1)
    trial.after(STABLE_S - 1)
    trial.missing["store"] = "The database can't be written."
    trial.after(0.5)
    trial.missing["store"] = None
    trial.after(0.5)
    trial.after(STABLE_S - 1)
    assert trial.done == []
    trial.after(1)
    assert trial.done == ["kept"]
    assert "screen is dark" in english(trial.reports[0])


def test_it_goes_when_the_time_is_up_and_says_what_was_missing():
    trial = Trial()
    trial.after(TIMEOUT_S - 1)
    assert trial.done == []
    trial.after(1)
    assert "The screen is dark." in english(trial.done[0])


def test_what_was_broken_before_may_stay_broken_and_is_named():
    trial = Trial(broken=("light",))
    trial.missing.update(light="The lamp's output can't be driven.", screen=None)
    trial.after(0)
    trial.after(STABLE_S)
    assert trial.done == ["kept"]
    assert "did not work before the update either" in english(trial.reports[0])


def test_what_worked_before_may_not_break():
    trial = Trial(broken=("light",))
    trial.missing.update(light="The lamp's output can't be driven.")
    trial.after(TIMEOUT_S)
    assert "The screen is dark." in english(trial.done[0])


def test_only_lamp_and_screen_may_have_been_broken():
    asked = dict.fromkeys(("start", "light", "store", "screen"), lambda: "It is broken.")
    assert failed_checks(asked) == ("light", "screen")
    assert failed_checks({**asked, "screen": lambda: None}) == ("light",)


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
        trial.after(STABLE_S)
    assert trial.done == ["kept"]


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "s.sqlite3", clock=FakeClock(), device="spr-x")
    yield made
    made.close()


def follower(store, tmp_path, *, slot="a", trying=False, checks=None, clock=None, notes=None):
    return UpdateStatusPublisher(
        store=store,
        clock=clock or FakeClock(),
        version="0.1.0",
        running=BootSlot(slot=slot, trying=trying),
        answers=tmp_path,
        system=tmp_path,
        check=lambda: checks.append(1) if checks is not None else None,
        check_every_s=86_400.0,
        note=(notes if notes is not None else []).append,
    )


def row(store):
    return store.query("SELECT * FROM software")[0]


def test_what_the_deputy_tells_is_shown(store, tmp_path):
    one = follower(store, tmp_path)
    one.poll()
    assert (row(store)["state"], row(store)["version"], row(store)["slot"]) == ("idle", "0.1.0", "a")
    assert row(store)["checked_at"] is None
    write_progress(
        tmp_path / PROGRESS_FILE,
        HelperProgress(state="available", message=READY, version="0.2.0", source="usb"),
    )
    one.poll()
    assert (row(store)["available_version"], row(store)["source"]) == ("0.2.0", "usb")
    assert row(store)["checked_at"]
    write_progress(
        tmp_path / PROGRESS_FILE,
        HelperProgress(state="installing", message=WRITING, version="0.2.0", percent=41.0),
    )
    one.poll()
    assert (row(store)["state"], row(store)["progress"]) == ("installing", 41.0)


def test_an_update_that_did_not_stay_is_told_once_with_its_reason(store, tmp_path):
    write_update_state(tmp_path, UpdateState(version="0.2.0", slot="b", before="0.1.0"))
    trial = follower(store, tmp_path, slot="b", trying=True)
    trial.set_trial_status(verbatim("The screen is dark."))
    trial.poll()
    assert (row(store)["state"], row(store)["message"]) == ("proving", "The screen is dark.")
    finish_update(tmp_path, "failed", verbatim("The screen stayed dark."))
    notes = []
    for _ in range(3):
        follower(store, tmp_path, notes=notes).poll()
    assert row(store)["state"] == "failed"
    assert "0.2.0 was undone: The screen stayed dark." in row(store)["message"]
    assert store.query("SELECT state FROM health WHERE part = 'update'") == [{"state": "warn"}]
    assert len(store.query("SELECT 1 FROM notification")) == 1
    assert [english(one) for one in notes] == [row(store)["message"]]


def test_an_address_is_asked_once_a_day(store, tmp_path):
    checks, clock = [], FakeClock()
    one = follower(store, tmp_path, checks=checks, clock=clock)
    for _ in range(48):
        one.poll()
        clock.advance(3600)
    one.poll()
    assert len(checks) == 2


def test_after_something_was_asked_the_first_word_is_waited_for(store, tmp_path):
    clock = FakeClock()
    one = follower(store, tmp_path, clock=clock)
    assert not one.busy(one.poll())
    one.expect_response()
    clock.advance(RESPONSE_WINDOW_S - 1)
    assert one.busy(one.poll())
    clock.advance(1)
    assert not one.busy(one.poll())
    write_progress(tmp_path / PROGRESS_FILE, HelperProgress(state="installing", message=WRITING, percent=1.0))
    assert one.busy(one.poll())


@pytest.mark.parametrize(("connected", "missing"), [(False, None), (True, updates.SCREEN_SILENT())])
def test_an_update_of_a_device_without_a_display_need_not_draw(store, connected, missing):
    """A Pi has graphics cards, and a connector that renders into memory, without any display."""
    assert update_checks(store, None, None, display_connected=lambda: connected)["screen"]() == missing
