"""A light schedule that contradicts itself: the daemon names it, the limit holds, and store, screen and phones run."""

import pytest

CASES = [
    ("max_hours_per_day = 12.0", (12.0, 12.0)),
    ("max_hours_per_day = 0", (0.0, 0.0)),
    ("hours = 0.5", (0.5, 18.0)),
    ("hours = 1\nsunrise_min = 60\nsunset_min = 60", (1.0, 18.0)),
]


@pytest.mark.parametrize(("options", "row"), CASES)
def test_a_fresh_device_runs_whole_and_tells_it(daemon, options, row):
    one = daemon("--light", "simulated", config=f"[network]\nlisten = false\n[light.schedule]\n{options}\n")
    client = one.client()
    try:
        one.connected(client)
        client.call("log_care", {"plant_id": 1, "kind": "water"}).result(60)
    finally:
        client.stop()
    assert one.rows("SELECT hours, max_hours_per_day FROM light") == [row]
    ((state, message),) = one.rows("SELECT state, message FROM health WHERE part = 'config'")
    assert state == "bad"
    assert "light.schedule." in message
    assert one.rows("SELECT state FROM health WHERE part = 'store'") == [("ok",)]
    assert one.stop() == 0
