"""One meaning of a value everywhere: every surface shows the same level, word and number of it."""

import json
import math
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

import sproutcast_pi.web
from sproutcast_pi.commands.analyze import plant_line
from sproutcast_pi.commands.watch import format_cell
from sproutcast_pi.demo.dashboard import LEVEL_STYLES, metric_cell
from sproutcast_pi.messages.formatter import ENGLISH, Formatter, LocalePreferences
from sproutcast_pi.messages.page_catalogue import page_catalogue
from sproutcast_pi.model.alerts import RuleContext, evaluate
from sproutcast_pi.model.measurement import PlantMeasurement
from sproutcast_pi.model.metrics.metric import SEVERITY, Metric
from sproutcast_pi.model.metrics.reading import band_of, value_text
from sproutcast_pi.model.metrics.registry import METRICS, RELATIVE
from sproutcast_pi.model.metrics.served import metric_schema
from sproutcast_pi.model.rules import DEFAULT_RULES
from sproutcast_pi.services.home_assistant import state_payloads
from ui.plant.model import result_facts

BASELINE = 0.5
"""What is usual in these tests, of every metric that is judged against the plant; shares of it are exact."""
Reading = tuple[str | None, str | None]
"""Level and word; (None, None) where nothing is said."""
PLAIN = Formatter()


def grid(metric: Metric) -> Iterator[float]:
    """Values over the metric's range: its ends, and each edge with what lies closely on both sides."""
    edges = [band.top for band in metric.bands] + [band.top * BASELINE for band in metric.relative_bands]
    low, high = metric.span or (metric.low, min(metric.high, 100.0))
    steps = [low + (high - low) * share / 20 for share in range(21)]
    for value in (
        *steps,
        -0.04,
        0.04,
        metric.low,
        min(metric.high, 1e6),
        *(edge for edge in edges if math.isfinite(edge)),
    ):
        for near in (math.nextafter(value, -math.inf), value, math.nextafter(value, math.inf)):
            if metric.low <= near <= metric.high:
                yield float(round(near)) if metric.integer else near


CASES = [(metric, value) for metric in METRICS.values() for value in dict.fromkeys(grid(metric))]


def row(metric: Metric, value: float) -> dict[str, Any]:
    usual = dict.fromkeys(RELATIVE, BASELINE)
    stored = int(value) if metric.integer else value
    return {"at": "2026-05-28T08:00:00.000000Z", metric.key: stored, "baseline": json.dumps(usual), "left_out": "{}"}


def expected(metric: Metric, value: float) -> Reading:
    band = band_of(metric.key, value, BASELINE)
    return (band.level, band.word) if band else (None, None)


def lower(word: str) -> str:
    return word[:1].lower() + word[1:]


def on_screen(metric: Metric, value: float) -> Reading:
    fact = next((fact for fact in result_facts(row(metric, value), PLAIN) if fact.metric == metric.key), None)
    if fact is None:
        return expected(metric, value)  # for experts: the plant's page leaves it out
    word = fact.value if metric.shown_as_word else fact.word
    assert metric.shown_as_word or fact.value == value_text(metric.key, value)
    return (None, None) if fact.level == "plain" else (fact.level, lower(word))


def in_home_assistant(metric: Metric, value: float) -> Reading:
    state = state_payloads.plant({"species": None}, result=row(metric, value), plan=None, alerts=0, last_watered=None)
    shown = state["attributes"][metric.key]
    assert shown["reads"] == value_text(metric.key, value)
    return shown["level"], shown["word"]


def in_text(metric: Metric, value: float, text: str) -> Reading:
    """What a text for a person says; its level is the registry's for that word."""
    band = band_of(metric.key, value, BASELINE)
    if band is None:
        assert text == value_text(metric.key, value)
        return None, None
    assert text == (band.word if metric.shown_as_word else f"{value_text(metric.key, value)} ({band.word})")
    return band.level, band.word


def in_watch(metric: Metric, value: float) -> Reading:
    return in_text(metric, value, format_cell(row(metric, value), metric.key))


def in_demo(metric: Metric, value: float) -> Reading:
    cell = metric_cell(row(metric, value), metric.key)
    level, word = in_text(metric, value, cell.plain)
    assert cell.style == LEVEL_STYLES.get(level or "", "")
    return level, word


SURFACES: dict[str, Callable[[Metric, float], Reading]] = {
    "screen": on_screen,
    "Home Assistant": in_home_assistant,
    "watch": in_watch,
    "demo": in_demo,
}


@pytest.mark.parametrize("surface", SURFACES)
def test_every_surface_says_the_same_of_every_value(surface):
    different = [
        (metric.key, value, expected(metric, value), reported)
        for metric, value in CASES
        if (reported := SURFACES[surface](metric, value)) != expected(metric, value)
    ]
    assert different == []


def test_analyze_says_the_same_where_no_baseline_is_needed():
    for metric, value in CASES:
        if metric.advanced or metric.pipeline == "P6" or metric.relative_bands:
            continue
        plant = PlantMeasurement(plant=1, **{metric.key: int(value) if metric.integer else value})
        line = plant_line(msgspec.to_builtins(plant))
        in_text(metric, value, line.removeprefix(f"plant 1: {metric.name.lower()} "))


def test_analyze_judges_no_greenness_for_it_knows_no_baseline():
    plant = msgspec.to_builtins(PlantMeasurement(plant=1, chlorophyll_index=0.4))
    assert plant_line(plant) == "plant 1: leaf green 40\N{NO-BREAK SPACE}%"


SCRIPT = """
globalThis.navigator ??= { language: "en" };
globalThis.fetch = async () => ({ json: async () => catalogue });
const { catalogue, schema, rows } = JSON.parse(require("fs").readFileSync(0, "utf8"));
(async () => {
  const metrics = await import("./metrics.js");
  await metrics.load();
  metrics.setMetrics(schema);
  console.log(JSON.stringify(rows.map(([key, row]) => metrics.reading(row, key))));
})();
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node, which is no part of the Python environment")
@pytest.mark.parametrize("language", ["en", "de"])
def test_the_phone_page_says_the_same_of_every_value(tmp_path: Path, language: str):
    for file in Path(sproutcast_pi.web.__file__).parent.glob("*.js"):
        shutil.copy(file, tmp_path)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "run.cjs").write_text(SCRIPT.replace('"en"', f'"{language}"'))
    cases = {
        "catalogue": page_catalogue(language),
        "schema": metric_schema(),
        "rows": [(metric.key, row(metric, value)) for metric, value in CASES],
    }
    ran = subprocess.run(
        ["node", "run.cjs"], cwd=tmp_path, input=json.dumps(cases), stdout=subprocess.PIPE, text=True, check=True
    )
    formatter = ENGLISH if language == "en" else Formatter(LocalePreferences(language="de"))
    for (metric, value), reported in zip(CASES, json.loads(ran.stdout), strict=True):
        level, word = expected(metric, value)
        assert (reported["level"], reported["word"] or None) == (level, formatter(word) if word else None), (
            metric.key,
            value,
        )
        number = value_text(metric.key, value, formatter)
        word_alone = metric.shown_as_word and word
        shown = reported["text"] if not word_alone else number
        # Half a unit is rounded up by browsers and to the even digit by Python; grids hold such values.
        assert near(shown, number), (metric.key, value, shown, number)


def near(one: str, other: str) -> bool:
    """Whether two numbers with their units differ by no more than a unit of their last digit."""
    if one == other:
        return True
    digits = [int("0" + "".join(letter for letter in text if letter.isdigit())) for text in (one, other)]
    return len(one) == len(other) and abs(digits[0] - digits[1]) <= 1


@pytest.mark.parametrize("key", DEFAULT_RULES)
def test_a_value_alerts_by_the_default_rule_exactly_when_its_level_is_act(key):
    metric, rule = METRICS[key], DEFAULT_RULES[key]
    start = datetime(2026, 5, 28, 8, tzinfo=UTC)
    for value in dict.fromkeys(grid(metric)):
        states, notices = (), []
        for picture in range(rule.consecutive):
            outcome = evaluate(
                [rule],
                states,
                {key: value},
                start + picture * timedelta(hours=4),
                RuleContext(plant="Basil", baseline={key: BASELINE}),
            )
            states = outcome.states
            notices += outcome.notices
        band = band_of(key, value, BASELINE)
        assert bool(notices) == (band.level == "act"), (key, value, band)


def test_levels_are_ordered():
    assert SEVERITY["ok"] == SEVERITY["info"] < SEVERITY["watch"] < SEVERITY["act"]
