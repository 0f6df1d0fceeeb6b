"""The rules of the lanes: bytes an hour, patience, and what loads which library."""

import subprocess
import sys
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.services.sync.byte_rate_limit import HOUR_S, ByteRateLimit
from sproutcast_pi.services.sync.send_window import DUPLICATE_GAP_S, MAX_TIMEOUT_S, SendWindow


@given(
    st.integers(1000, 10**8),
    st.lists(st.tuples(st.floats(0, 600), st.integers(1, 64_000)), max_size=200),
)
def test_never_more_than_an_hours_worth_ahead_of_the_clock(per_hour, requests):
    budget, now, spent = ByteRateLimit(per_hour, 0.0), 0.0, 0
    for wait_s, amount in requests:
        now += wait_s
        if budget.consume(amount, now):
            spent += amount
        elif amount <= per_hour:
            assert budget.ready_in_s(amount, now) > 0
        assert spent <= per_hour * (1 + now / HOUR_S) + 64_000


def test_a_budget_of_nothing_is_no_limit():
    assert ByteRateLimit(0, 0.0).consume(10**12, 0.0)


def test_patience_grows_while_the_hub_is_away_and_is_short_again_when_it_answers():
    window, now, asked = SendWindow(acked=0, size=5, first_patience_s=10.0), 0.0, []
    for _ in range(100_000):
        now += 1.0
        window.check_timeout(now)
        if window.sent == 0:
            window.mark_sent(1, now)
            asked.append(now)
    gaps = [later - earlier for earlier, later in pairwise(asked)]
    assert gaps[0] <= 12.0
    assert max(gaps) <= MAX_TIMEOUT_S + 2
    assert gaps[-1] >= MAX_TIMEOUT_S
    window.acknowledge(1, now)
    window.mark_sent(2, now)
    assert window.next_timeout_s(now) == 10.0


def test_echoes_of_one_gap_are_heard_once():
    window = SendWindow(acked=0, size=5)
    for upto in (1, 2, 3):
        window.mark_sent(upto, 0.0)
    assert window.report_gap(0, 1.0)
    assert not window.report_gap(0, 1.1)
    assert window.report_gap(0, 1.1 + DUPLICATE_GAP_S)


def test_the_service_alone_loads_no_mqtt_library():
    program = (
        "import sys, sproutcast_pi.services.sync.factory; "
        "print([name for name in ('paho', 'aiohttp', 'playhouse.db_url', 'urllib.request') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
