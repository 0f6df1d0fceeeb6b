"""What a column is called by people, and its unit."""

from __future__ import annotations

from sproutcast_pi.model.metrics.registry import METRICS

UNITS: dict[str, str] = {
    **{key: metric.csv_unit for key, metric in METRICS.items() if metric.csv_unit},
    "growth_rate_sd": "% a day",
    "sharpness": "0 to 1",
    "exposure": "0 to 1",
    "light_level": "0 to 1",
    "confidence": "0 to 1",
    "level": "0 to 1",
    "now_level": "0 to 1",
    "override_level": "0 to 1",
    "ramp_from_level": "0 to 1",
    "ppfd_full": "umol/m2/s",
    "dli_mol": "mol/m2",
    "dli_today": "mol/m2",
    "hours": "h",
    "max_hours_per_day": "h",
    "on_seconds": "s",
    "on_seconds_today": "s",
    "width": "px",
    "height": "px",
}
_UNIT_SUFFIXES = {
    "_cm2": "cm2", "_cm": "cm", "_px": "px", "_deg": "degrees", "_ml": "ml", "_ms": "ms", "_s": "s", "_min": "min",
    "_at": "UTC", "_on": "day",
}  # fmt: skip
_NAMES = {"id": "ID", "gbif_key": "GBIF key", "sha256": "SHA-256", "bbox": "Bounding box (x, y, width, height; px)"}


def column_label(column: str) -> str:
    """Return a column's heading: words, and its unit in brackets."""
    if column in _NAMES:
        return _NAMES[column]
    words, unit = column, UNITS.get(column, "")
    for ending, meant in _UNIT_SUFFIXES.items():
        if not unit and f"_{column}".endswith(ending):
            words, unit = column.removesuffix(ending) if ending not in ("_at", "_on") else column, meant
    if words.endswith("_percent"):
        words = words.removesuffix("_percent")
    if words.endswith("_id"):
        words = f"{words.removesuffix('_id')} ID"
    text = words.replace("_", " ").strip()
    text = text[:1].upper() + text[1:]
    return f"{text} ({unit})" if unit else text
