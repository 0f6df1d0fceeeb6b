from datetime import datetime, timedelta

import pytest

from sproutcast_pi.model.light_schedule import photoperiods
from tests.soak.helpers import START, SimulatedMonth

DAYS = 30


@pytest.mark.timeout(1800)
def test_thirty_days_go_as_planned(tmp_path):
    month = SimulatedMonth(tmp_path, days=DAYS, watered={"Basil", "Lettuce"})
    try:
        month.run()
        _light_burned_as_planned(month)
        _pictures_were_taken_as_planned(month)
        _only_the_dry_plant_has_an_alert(month)
        assert month.store.query("SELECT state FROM profile") == [{"state": "active"}]
    finally:
        month.close()


def _light_burned_as_planned(month):
    end = START + timedelta(days=DAYS)
    for one in photoperiods(month.schedule, START, end - timedelta(days=1)):
        burned = month.light.lit_seconds(one.start_at, one.end_at)
        assert burned == pytest.approx(16 * 3600, abs=31), one
    days = month.store.query("SELECT day_on, on_seconds FROM light_day ORDER BY day_on")[1:-1]
    assert len(days) >= DAYS - 2
    assert all(day["on_seconds"] == pytest.approx(16 * 3600, abs=31) for day in days), days


def _pictures_were_taken_as_planned(month):
    taken = month.store.query("SELECT started_at, state, reason FROM capture ORDER BY id")
    assert {row["state"] for row in taken} == {"done"}
    times = [datetime.fromisoformat(row["started_at"]) for row in taken]
    planned = []
    for one in photoperiods(month.schedule, START, START + timedelta(days=DAYS + 1)):
        slot = one.start_at.replace(minute=0) - timedelta(hours=one.start_at.hour % 4)
        slots = [slot + timedelta(hours=4 * n) for n in range(6)]
        within = [at for at in slots if one.start_at <= at < one.end_at]
        planned += ([] if within[0] == one.start_at else [one.start_at]) + within
    planned = [at for at in planned if START <= at < START + timedelta(days=DAYS, hours=9)]
    assert len(times) == len(planned)
    late = [(at - wanted).total_seconds() for at, wanted in zip(times, planned, strict=True)]
    assert max(late) <= 30, late
    assert min(late) >= 0, late


def _only_the_dry_plant_has_an_alert(month):
    notices = month.store.query(
        "SELECT plant.name, notification.* FROM notification JOIN plant ON plant.id = notification.plant_id "
        "WHERE category IN ('alert', 'health') ORDER BY notification.id"
    )
    assert {row["name"] for row in notices} == {"Mint"}, [(row["name"], row["message"]) for row in notices]
    thirst = [row for row in notices if row["metric"] == "turgor_index"]
    assert len(thirst) == 1, [(row["created_at"], row["message"]) for row in notices]
