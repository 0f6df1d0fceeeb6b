"""A household of five plants: the rows a daemon would send, made by hand so that every picture is the same."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta

from msgspec import to_builtins

from sproutcast_pi.messages.areas.captures import NEXT_DUE
from sproutcast_pi.messages.formatter import english
from tests.simulated.sample_photos import overlay_of
from ui.queries import ScreenQueries
from ui.row_cache import ScreenRowCache

NOW = datetime(2026, 6, 12, 12, 5, tzinfo=UTC)

PLANTS = [
    # name, species, photograph, its size, the plant's box
    ("Basil", "Ocimum basilicum", "basil.jpg", (720, 480), (190, 70, 320, 330)),
    ("Rubber plant", "Ficus elastica", "rubber.jpg", (1200, 800), (300, 160, 510, 560)),
    ("African violet", "Streptocarpus", "violet.jpg", (1200, 900), (250, 30, 680, 780)),
    ("Chilli pepper", "Capsicum annuum", "pepper.jpg", (1200, 798), (320, 130, 580, 600)),
    ("Mint", "Mentha spicata", "mint.jpg", (1200, 900), (280, 80, 650, 740)),
]


def stamp(moment):
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def ago(**span):
    return stamp(NOW - timedelta(**span))


def plants(count=5):
    return [
        {
            "id": i + 1,
            "name": PLANTS[i % 5][0] if i < 5 else f"{PLANTS[i % 5][0]} {i // 5 + 1}",
            "species": PLANTS[i % 5][1],
            "gbif_key": None,
            "planted_on": "2026-04-20",
            "location": "Window shelf",
            "region": json.dumps([[0.24, 0.08], [0.78, 0.08], [0.78, 0.9], [0.24, 0.9]]) if i == 4 else None,
            "pot_diameter_cm": 12.0,
            "photo_capture_id": i % 5 + 1,
            "sync": 1,
            "position": i,
            "note": None,
            "created_at": ago(days=50),
            "updated_at": ago(days=1),
            "archived_at": None,
        }
        for i in range(count)
    ]


def capture(number, file, size):
    return {
        "id": number,
        "state": "done",
        "reason": "schedule",
        "attempt": 1,
        "wanted_at": ago(minutes=24),
        "started_at": ago(minutes=24),
        "finished_at": ago(minutes=23),
        "file": file,
        "thumb": file,
        "overlay": overlay_of(file),
        "outline": None,
        "width": size[0],
        "height": size[1],
        "bytes": 120000,
        "quality": "ok",
        "quality_reasons": "[]",
        "sharpness": 0.74,
        "exposure": 0.46,
        "light_level": 1.0,
        "lamp_lit": 1,
        "error": None,
        "metadata": "{}",
        "elapsed_ms": 812.0,
    }


YOUNG = 0
"""A photograph from before the others: a week ago the rubber plant was smaller."""


def captures():
    return [
        capture(YOUNG, "rubber-young.jpg", PLANTS[1][3]),
        *(capture(i + 1, file, size) for i, (_, _, file, size, _) in enumerate(PLANTS)),
    ]


def results(count=5, per_plant=56):
    rows = []
    for k in range(per_plant):
        at = NOW - timedelta(hours=3 * (per_plant - 1 - k), minutes=24)
        hour = (at.hour + at.minute / 60) / 24 * 2 * math.pi
        for i in range(count):
            dry = max(0.0, (k - per_plant + 16) / 16) if i == 1 else 0.0
            pale = max(0.0, (k - per_plant + 30) / 30) if i == 3 else 0.0
            wave = math.sin(hour - 1) * 0.02 + math.sin(k * 1.7 + i) * 0.006
            x, y, w, h = PLANTS[i % 5][4]
            rows.append(
                {
                    "id": k * count + i + 1,
                    "plant_id": i + 1,
                    "capture_id": YOUNG if i == 1 and k < per_plant // 2 else i % 5 + 1,
                    "at": stamp(at),
                    "bbox": json.dumps([x, y, w, h]),
                    "area_px": 52000 + 700 * k,
                    "area_percent": 6.1 + 0.09 * k + i,
                    "area_cm2": 118 + 1.9 * k + 20 * i,
                    "height_cm": 14.2 + 0.08 * k,
                    "chlorophyll_index": round(0.74 + wave / 3 - 0.22 * pale, 3),
                    "turgor_index": round(0.84 + wave - 0.36 * dry, 3),
                    "hue_deg": 104 - 20 * pale,
                    "hue_sd_deg": 8.4,
                    "leaf_count": 18 + k // 8,
                    "bloom_percent": 0.0,
                    "lesion_percent": 0.2,
                    "yellow_percent": round(0.6 + 8.4 * pale, 1),
                    "health_score": round(91 + 60 * wave - 50 * dry - 26 * pale),
                    "health_reasons": "[]",
                    "growth_rate_percent": 3.8 if i != 1 else 0.2,
                    "growth_rate_sd": 0.4,
                    "stage": "vegetative",
                    "confidence": 0.93,
                }
            )
    return rows


def notice(number, plant, **fields):
    blank = dict.fromkeys(
        ("advice", "metric", "bound", "value", "threshold", "read_at", "resolved_at", "snoozed_until_at")
    )
    return {"id": number, "plant_id": plant, "capture_id": plant, "category": "health", **blank, **fields}


def notifications():
    return [
        notice(
            4,
            2,
            category="alert",
            title="Rubber plant: losing firmness",
            message="Firmness is 48 %, below your limit of 60 % since 12 Jun, 10:41 (2 pictures in a row).",
            advice="It was last watered 4 days ago: feel the soil and water it if it is dry.",
            metric="turgor_index",
            bound="lower",
            value=0.48,
            threshold=0.6,
            created_at=ago(hours=3, minutes=24),
        ),
        notice(
            3,
            4,
            title="Chilli pepper is yellowing",
            message="Yellow leaf is 9.0 %, above your limit of 8.0 % since 12 Jun, 5:05 (3 pictures in a row).",
            advice="Remove dead leaves; check soil moisture and feeding. It was last fed 7 weeks ago.",
            metric="yellow_percent",
            bound="upper",
            value=9.0,
            threshold=8.0,
            created_at=ago(hours=9),
        ),
        notice(
            2,
            None,
            category="info",
            title="The camera sees 5 plants.",
            message="Give them their names, and draw their regions if they are not right.",
            created_at=ago(days=1, hours=2),
            read_at=ago(hours=20),
            snoozed_until_at=stamp(NOW + timedelta(hours=8)),
        ),
    ]


def light():
    return {
        "id": 1,
        "enabled": 1,
        "start": "06:00",
        "hours": 16.0,
        "sunrise_min": 45.0,
        "sunset_min": 45.0,
        "level": 0.8,
        "max_hours_per_day": 18.0,
        "ppfd_full": 260.0,
        "override_level": None,
        "override_until_at": None,
        "now_level": 0.8,
        "now_reason": "day",
        "next_change_at": stamp(NOW.replace(hour=19, minute=15)),
        "on_seconds_today": 29100.0,
        "dli_today": 5.8,
        "budget_left_s": 35700.0,
        "updated_at": ago(minutes=1),
    }


def settings():
    values = {
        "time_zone": "Europe/Berlin",
        "language": "en",
        "setup_done": True,
    }
    return [{"name": name, "value": json.dumps(value), "updated_at": ago(days=3)} for name, value in values.items()]


def health():
    due = NOW + timedelta(minutes=36)
    parts = [
        ("camera", "ok", "Photographs succeed.", None, None),
        ("captures", "ok", NEXT_DUE(at=stamp(due)), None, due.timestamp()),
        ("light", "ok", "The lamp's output answers.", None, None),
        (
            "disk",
            "warn",
            "Only 190 MB are free, and there are no more photographs to remove.",
            "Make room on the card, or use a larger one.",
            None,
        ),
        ("clock", "ok", "The time is known.", None, None),
        ("power", "ok", "The power supply is strong enough.", None, None),
        ("temperature", "ok", "The processor has 50 °C.", None, None),
        ("mqtt", "ok", "Connected to homeassistant.local:1883 (MQTT 5).", None, None),
        ("sync", "off", "Not connected yet.", None, None),
        ("store", "ok", "The database is sound.", None, None),
        ("profile", "ok", "How plants look here was learned from 4 pictures, confidence 0.93.", None, None),
        ("screen", "ok", "The screen is drawn by kmsdrm, 800 by 480.", None, None),
    ]
    return [
        {
            "part": p,
            "state": s,
            "message": english(m),
            "data": None if isinstance(m, str) else json.dumps({"message": to_builtins(m)}),
            "advice": a,
            "value": v,
            "since_at": ago(days=2),
            "updated_at": ago(minutes=5),
        }
        for p, s, m, a, v in parts
    ]


def care():
    rows = [
        (1, "water", {"days": 1, "hours": 3}, 250.0, None, None),
        (2, "feed", {"days": 4, "hours": 1}, None, "Tomato feed", None),
        (3, "water", {"days": 4, "hours": 2}, 300.0, None, None),
        (4, "prune", {"days": 6}, None, None, "Two lower leaves taken off"),
    ]
    return [
        {
            "id": i,
            "plant_id": p,
            "kind": k,
            "at": ago(**a),
            "volume_ml": v,
            "product": pr,
            "text": t,
            "caller": "screen",
            "created_at": ago(**a),
        }
        for p, events in ((1, rows), (2, rows[1:]))
        for i, k, a, v, pr, t in [(r[0] + 10 * p, *r[1:]) for r in events]
    ]


def plans():
    pipelines = {"P3b": "every_capture", "P3a": "every_capture", "P4": "every_capture", "P5": "daily"}
    rules = [
        {"metric": "turgor_index", "lower": 0.6, "upper": None, "consecutive": 2, "hysteresis": 0.05, "cooldown_h": 12},
        {
            "metric": "chlorophyll_index",
            "lower": 0.45,
            "upper": None,
            "consecutive": 2,
            "hysteresis": 0.05,
            "cooldown_h": 12,
        },
    ]
    return [
        {
            "id": i + 1,
            "plant_id": i + 1,
            "preset": "flower_health",
            "pipelines": json.dumps(pipelines),
            "rules": json.dumps(rules),
            "ran": "{}",
        }
        for i in range(5)
    ]


def light_days():
    return [
        {
            "id": k + 1,
            "day_on": (NOW - timedelta(days=k)).strftime("%Y-%m-%d"),
            "on_seconds": 57600.0 - 900 * (k % 3),
            "dli_mol": 11.4 - 0.3 * (k % 4),
        }
        for k in range(1, 12)
    ]


def timelapses():
    return [
        {
            "id": 1,
            "plant_id": 1,
            "name": "Basil, from seed",
            "interval_s": 3600,
            "compact": 0,
            "frames": 412,
            "started_at": ago(days=17),
            "ended_at": None,
        }
    ]


def profiles():
    lesson = {"id": 1, "lamp_state": "lamp", "file": "lamp-1.profile", "version": 1, "confidence": 0.93}
    return [
        {**lesson, "state": "active", "lessons": "[5]", "message": "Learned from 2 pictures you confirmed."},
    ]


def software(**changed):
    return {
        "id": 1,
        "version": "0.9.0",
        "slot": "a",
        "state": "idle",
        "available_version": None,
        "notes": None,
        "source": None,
        "progress": None,
        "message": "Version 0.9.0 is in use.",
        "checked_at": ago(hours=5),
        "updated_at": ago(hours=5),
        **changed,
    }


def everything(plant_count=5):
    return {
        "plant": plants(plant_count),
        "capture": captures(),
        "result": results(plant_count),
        "notification": notifications(),
        "light": [light()],
        "light_day": light_days(),
        "setting": settings(),
        "health": health(),
        "plan": plans(),
        "timelapse": timelapses(),
        "care": care(),
        "profile": profiles(),
        "software": [software()],
    }


def screen_queries(**changed):
    """The household as the screen knows it, with some tables replaced."""
    row_cache = ScreenRowCache()
    found = ScreenQueries(row_cache)
    for name, rows in {**everything(), **changed}.items():
        row_cache.rows(name, rows)
    return found
