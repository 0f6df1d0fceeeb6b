"""A service stopped between its check of `stop` and its wait still stops."""

import threading

import pytest

from sproutcast_pi.config.settings import CaptureOptions, StorageOptions
from sproutcast_pi.model.light_schedule import LightSchedule
from sproutcast_pi.services.appliance.update_status import UpdateStatusPublisher
from sproutcast_pi.services.capture_keeper import CaptureKeeper
from sproutcast_pi.services.housekeeper import Housekeeper
from sproutcast_pi.services.photo_store import PhotoStore
from sproutcast_pi.services.profile_keeper import ProfileKeeper
from sproutcast_pi.services.updates.probation import Probation
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import Store
from tests.clocks import NoSleepClock
from tests.services.light_keeper.helpers import FakeBoard, LightKeeperHarness


class StopSetAfterCheck(threading.Event):
    """Says no to the first question, and is set, with the wake that belongs to it, before the answer has arrived."""

    wake = staticmethod(lambda: None)

    def is_set(self):
        answer = super().is_set()
        if not answer:
            self.set()
            self.wake()
        return answer


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "s.sqlite3", clock=FakeClock(), device="spr-x")
    yield made
    made.close()


def housekeeper(store, clock, folder):
    storage = StorageOptions()
    return Housekeeper(
        store=store, clock=clock, board=FakeBoard(), pictures=PhotoStore(folder), storage=storage, data=folder
    )


def update_follower(store, clock, folder):
    return UpdateStatusPublisher(
        store=store,
        clock=clock,
        version="0.1.0",
        running=None,
        answers=folder,
        system=folder,
        check=lambda: None,
        check_every_s=0.0,
        note=lambda _: None,
    )


def probation(_store, clock, _folder):
    callbacks = {"report": lambda _: None, "commit": lambda: None, "roll_back": lambda _: None}
    return Probation(clock=clock, proofs={"screen": lambda: "The screen is dark."}, **callbacks)


def profile_keeper(store, clock, folder):
    return ProfileKeeper(store=store, clock=clock, pictures=folder, folder=folder / "profiles")


def capture_keeper(store, clock, folder):
    dark = LightSchedule(enabled=False)
    return CaptureKeeper(
        store=store,
        clock=clock,
        light=LightKeeperHarness(clock=clock, enabled=False).keeper,
        light_schedule=lambda: dark,
        worker=None,
        jobs=None,
        pictures=PhotoStore(folder),
        captures=CaptureOptions(quiet_hours=("00:00-00:00",)),  # the whole day
        capture_level=1.0,
        beat=lambda: None,
        measured=lambda _: None,
    )


@pytest.mark.parametrize("make", [housekeeper, update_follower, probation, profile_keeper, capture_keeper])
def test_a_service(store, tmp_path, make):
    service = make(store, NoSleepClock(), tmp_path)
    stop = StopSetAfterCheck()
    stop.wake = service.wake
    service.run(stop)


def test_the_keeper_of_the_light():
    lamp = LightKeeperHarness(clock=NoSleepClock())
    stop = StopSetAfterCheck()
    stop.wake = lamp.keeper.changed.set
    lamp.keeper.run(stop, lambda _: None)
