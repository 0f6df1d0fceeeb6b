"""Metrics of the registry formatted in the reader's language: name, value, word, meaning."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sproutcast_pi.messages.formatter import Formatter
from sproutcast_pi.messages.rows import row_messages
from sproutcast_pi.model.metrics.metric import Side
from sproutcast_pi.model.metrics.reading import result_band, value_text
from sproutcast_pi.model.metrics.registry import METRICS, SHOWN


def name_text(metric: str, tr: Formatter) -> str:
    """Return a metric's name."""
    return tr(METRICS[metric].name)


def word_text(result: Mapping[str, Any], metric: str, tr: Formatter) -> str:
    """Return the word for a metric of a result; empty if it has none."""
    found = result_band(result, metric)
    return capitalised(tr(found.word)) if found else ""


def headline_text(result: Mapping[str, Any], metric: str, tr: Formatter) -> str:
    """Return a metric's headline: its number, or its word if the number alone means nothing."""
    word = word_text(result, metric, tr)
    return word if word and METRICS[metric].shown_as_word else value_text(metric, result[metric], tr)


def state_text(metric: str, side: Side, tr: Formatter) -> str:
    """Return the word for a plant whose metric is beyond its bound."""
    return tr(METRICS[metric].excursion(side).words)


def alert_side(alert: Mapping[str, Any]) -> Side:
    """Return on which side of its limit an alert's value lies."""
    value, threshold = alert.get("value"), alert.get("threshold")
    return "upper" if value is not None and threshold is not None and value > threshold else "lower"


def capitalised(text: str) -> str:
    """Return a text with its first letter capitalised."""
    return text[:1].upper() + text[1:]


def withheld_reasons(result: Mapping[str, Any], tr: Formatter) -> dict[str, str]:
    """Return the withheld metrics of SHOWN, each with its reason."""
    texts, coded = json.loads(result.get("left_out") or "{}"), row_messages(result, "left_out")
    return {
        name: tr.message_or(coded.get(name), texts[name])
        for name in SHOWN
        if name in texts and result.get(name) is None
    }
