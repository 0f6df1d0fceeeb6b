"""The lamp's promises through crashes and clock jumps: never over budget, right within a tick of trusted time."""

import os
import random
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from sproutcast_pi.model.derating import DerateState, next_derate
from sproutcast_pi.model.light_budget import LightLedger, advance, left_s, reserve, restore, used_s
from sproutcast_pi.model.light_plan import Override, target_level
from sproutcast_pi.model.light_schedule import LightSchedule
from sproutcast_pi.model.time_estimate import TimeEstimate, initial_estimate, update_estimate

START = datetime(2026, 6, 1, tzinfo=UTC)
HOUR = 3600.0
TICK_S = 1200.0


class Pi:
    """A device as the light keeper runs it: outside is true time, inside only clocks and what was saved."""

    def __init__(self, rng, plan):
        self.rng, self.plan = rng, plan
        self.true_s = 0.0
        self.skew_s = 0.0
        self.trusted = True
        self.saved = (msgspec.json.encode(LightLedger()), START)
        self.lit_spans = []
        self.override = None
        self.boot()

    def wall(self):
        return START + timedelta(seconds=self.true_s + self.skew_s)

    def boot(self):
        self.ledger = restore(msgspec.json.decode(self.saved[0], type=LightLedger))
        self.belief = initial_estimate(
            self.wall(), self.trusted, self.true_s, last_known_at=self.saved[1], floor_at=START
        )
        self.level = 0.0

    def burned(self, begin, end):
        if self.lit_spans and self.lit_spans[-1][1] == begin:
            begin = self.lit_spans.pop()[0]
        self.lit_spans.append((begin, end))

    def save(self):
        self.saved = (msgspec.json.encode(reserve(self.ledger, TICK_S)), self.belief.at)

    def tick(self):
        """Run for one tick with the output as it stands, then set it anew."""
        self.true_s += TICK_S
        if self.level > 0:
            self.burned(self.true_s - TICK_S, self.true_s)
        self.belief = update_estimate(self.belief, self.wall(), self.trusted, self.true_s, floor_at=START)
        self.ledger = advance(
            self.ledger,
            TICK_S,
            lit=self.level > 0,
            limit_s=self.plan.max_hours_per_day * HOUR,
            trusted_now=self.belief.at if self.belief.trusted else None,
        )
        self.target = target_level(
            self.plan,
            self.belief.at,
            trusted=self.belief.trusted,
            override=self.override,
            budget_spent=self.ledger.spent,
        )
        self.level = self.target.level
        self.save()

    def crash(self):
        """Die somewhere within a tick, the lamp burning until then, then start again at once."""
        part = self.rng.random() * TICK_S
        if self.level > 0:
            self.burned(self.true_s, self.true_s + part)
        self.true_s += part
        self.boot()

    def reboot(self):
        """Lose power for a while; without a clock battery the date is wrong until it is set."""
        self.true_s += self.rng.choice([30, 600, 4 * HOUR, 30 * HOUR])
        if self.rng.random() < 0.6:
            self.trusted, self.skew_s = False, -self.rng.choice([0, 1, 40, 20000]) * 86400.0 - self.rng.random() * 86400
        self.boot()

    def jump(self):
        """The untrusted clock jumps, or is trusted again."""
        if self.rng.random() < 0.5:
            self.trusted, self.skew_s = True, 0.0
        elif not self.trusted:
            self.skew_s = self.rng.uniform(-400, 400) * 86400


def most_lit_s(spans):
    """The most burning seconds in any 24 h: the window that ends with some span, or begins with one."""
    ends = [end for _, end in spans] + [begin + 86400 for begin, _ in spans]
    return max((sum(max(min(b, end) - max(a, end - 86400), 0.0) for a, b in spans) for end in ends), default=0.0)


def live(seed, ticks=180):
    rng = random.Random(seed)
    plan = LightSchedule(
        start=f"{rng.randrange(24):02}:30",
        hours=rng.choice([12, 16, 18]),
        max_hours_per_day=rng.choice([18, 18.37, 19.11]),
        zone=rng.choice(["UTC", "Europe/Berlin", "Pacific/Auckland"]),
    )
    pi = Pi(rng, plan)
    for _ in range(ticks):
        deed = rng.random()
        if deed < 0.02:
            pi.crash()
        elif deed < 0.03:
            pi.reboot()
        elif deed < 0.06:
            pi.jump()
        elif deed < 0.07:
            pi.plan = msgspec.structs.replace(plan, start=f"{rng.randrange(24):02}:00")
        elif deed < 0.08:
            pi.override = Override(level=1.0, from_at=pi.belief.at, until_at=pi.belief.at + timedelta(hours=20))
        pi.tick()
        if pi.trusted:
            truth = target_level(pi.plan, pi.wall(), override=pi.override, budget_spent=pi.ledger.spent)
            assert pi.target.level == truth.level, seed
            assert pi.target.reason == truth.reason, seed
    assert most_lit_s(pi.lit_spans) <= plan.max_hours_per_day * HOUR + 0.001, seed
    return pi


BAD_WEEKS = int(os.environ.get("BAD_WEEKS", "300"))
"""`make search` lives through ten thousand."""


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_bad_weeks_never_overrun_the_budget():
    spent = sum(live(seed).ledger.spent for seed in range(BAD_WEEKS))
    assert spent > BAD_WEEKS / 30, "the budget never mattered, so this proves nothing"


def burn(ledger, hours, *, lit=True, limit_h=18.0, now=None):
    for step in range(round(hours * 60)):
        at = None if now is None else now + timedelta(minutes=step + 1)
        ledger = advance(ledger, 60, lit=lit, limit_s=limit_h * HOUR, trusted_now=at)
    return ledger


def test_a_healthy_plan_never_meets_its_budget():
    ledger = LightLedger()
    for day in range(5):
        ledger = burn(ledger, 16, now=START + timedelta(days=day))
        assert not ledger.spent
        ledger = burn(ledger, 8, lit=False, now=START + timedelta(days=day, hours=16))
    assert used_s(ledger) == pytest.approx(16 * HOUR)
    assert left_s(ledger, 18 * HOUR) == pytest.approx(2 * HOUR)


def test_a_spent_budget_comes_back_in_one_piece_without_flicker():
    tired = burn(LightLedger(), 17.95)
    ledger, flips, lit = burn(tired, 6.0, lit=False), 0, True
    for _ in range(1800):
        ledger = advance(ledger, 1, lit=lit, limit_s=18 * HOUR)
        flips += lit == ledger.spent
        lit = not ledger.spent
    assert lit
    assert flips <= 2


def test_a_measured_pause_frees_the_budget_an_unmeasured_one_does_not():
    tired = burn(LightLedger(), 17.9, now=START)
    asleep = restore(reserve(tired, 0))
    unknown = advance(asleep, 1, lit=False, limit_s=18 * HOUR)
    assert used_s(unknown) == pytest.approx(17.9 * HOUR, abs=120)
    known = advance(unknown, 1, lit=False, limit_s=18 * HOUR, trusted_now=START + timedelta(hours=17.9 + 20))
    assert used_s(known) == pytest.approx(4 * HOUR, abs=120)


def test_what_was_promised_counts_after_a_crash():
    assert used_s(restore(reserve(burn(LightLedger(), 1), 300))) == pytest.approx(HOUR + 300)


def test_a_clock_set_back_and_corrected_during_a_power_cut_frees_nothing():
    tired = burn(LightLedger(), 17.5, now=START)
    fooled = burn(tired, 0.25, now=START - timedelta(days=300))
    woken = advance(restore(fooled), 1, lit=False, limit_s=18 * HOUR, trusted_now=START + timedelta(hours=17.9))
    assert used_s(woken) > 17.5 * HOUR


def test_without_a_clock_the_day_goes_on_from_where_it_was():
    last = START.replace(hour=14)
    belief = initial_estimate(datetime(1970, 1, 1, tzinfo=UTC), trusted=False, monotonic_s=5.0, last_known_at=last)
    belief = update_estimate(belief, datetime(2031, 1, 1, tzinfo=UTC), trusted=False, monotonic_s=5.0 + 3600)
    assert belief == TimeEstimate(at=last + timedelta(hours=1), monotonic_s=3605.0, trusted=False)
    belief = update_estimate(belief, datetime(1970, 1, 1, tzinfo=UTC), trusted=True, monotonic_s=3606, floor_at=START)
    assert not belief.trusted
    truth = START + timedelta(days=3)
    assert update_estimate(belief, truth, trusted=True, monotonic_s=3607, floor_at=START).at == truth


def test_derating_waits_before_it_lets_go():
    state = next_derate(DerateState(), soc_c=83, undervoltage=False, monotonic_s=0)
    assert state.derate.max_level == 0.5
    state = next_derate(state, soc_c=76, undervoltage=None, monotonic_s=1)
    assert state.derate
    state = next_derate(state, soc_c=91, undervoltage=None, monotonic_s=2)
    assert state.derate.max_level == 0.0
    state = next_derate(state, soc_c=None, undervoltage=None, monotonic_s=3)
    assert state.derate.max_level == 0.0
    state = next_derate(state, soc_c=60, undervoltage=True, monotonic_s=4)
    assert state.derate.max_level == 0.5
    assert next_derate(state, soc_c=60, undervoltage=False, monotonic_s=603).derate
    assert next_derate(state, soc_c=60, undervoltage=False, monotonic_s=604).derate is None
