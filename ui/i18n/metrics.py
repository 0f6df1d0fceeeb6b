"""Metrics of the registry in the reader's language: name, number with its unit, word, meaning."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sproutcast_pi.messages.rows import row_messages
from sproutcast_pi.model.metrics.metric import Side
from sproutcast_pi.model.metrics.reading import result_band, value_text
from sproutcast_pi.model.metrics.registry import METRICS, SHOWN
from ui.i18n.formatter import ScreenFormatter


def name_text(metric: str, tell: ScreenFormatter) -> str:
    """Return a metric's name."""
    return tell(METRICS[metric].name)


def word_text(result: Mapping[str, Any], metric: str, tell: ScreenFormatter) -> str:
    """Return the word for a metric of a result; empty where it has none."""
    found = result_band(result, metric)
    return capitalised(tell(found.word)) if found else ""


def headline_text(result: Mapping[str, Any], metric: str, tell: ScreenFormatter) -> str:
    """Return what people read first of a metric of a result: its number, or its word where a number means nothing."""
    word = word_text(result, metric, tell)
    return word if word and METRICS[metric].shown_as_word else value_text(metric, result[metric], tell)


def state_text(metric: str, side: Side, tell: ScreenFormatter) -> str:
    """Return what it means for the plant that a metric is beyond its bound."""
    return tell(METRICS[metric].excursion(side).words)


def alert_side(alert: Mapping[str, Any]) -> Side:
    """Return on which side of its limit an alert's value lies."""
    value, threshold = alert.get("value"), alert.get("threshold")
    return "upper" if value is not None and threshold is not None and value > threshold else "lower"


def capitalised(text: str) -> str:
    """Return a text with a capital first letter, for a place of its own."""
    return text[:1].upper() + text[1:]


def withheld_reasons(result: Mapping[str, Any], tell: ScreenFormatter) -> dict[str, str]:
    """Return the metrics of SHOWN that were asked for and are withheld, each with its reason."""
    texts, coded = json.loads(result.get("left_out") or "{}"), row_messages(result, "left_out")
    return {
        name: tell.message_or(coded.get(name), texts[name])
        for name in SHOWN
        if name in texts and result.get(name) is None
    }
