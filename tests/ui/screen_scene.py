"""A household of five plants: the rows a daemon would send, made by hand so that every picture is the same."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta

from ui.garden import Garden
from ui.live import Live

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


def captures():
    return [
        {
            "id": i + 1,
            "state": "done",
            "reason": "schedule",
            "attempt": 1,
            "wanted_at": ago(minutes=24),
            "started_at": ago(minutes=24),
            "finished_at": ago(minutes=23),
            "file": PLANTS[i][2],
            "thumb": PLANTS[i][2],
            "overlay": PLANTS[i][2],
            "width": PLANTS[i][3][0],
            "height": PLANTS[i][3][1],
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
        for i in range(5)
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
                    "capture_id": i % 5 + 1,
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
                    "yellow_percent": 0.6,
                    "health_score": round(91 + 60 * wave - 50 * dry - 26 * pale),
                    "health_reasons": "[]",
                    "growth_rate_percent": 3.8 if i != 1 else 0.2,
                    "growth_rate_sd": 0.4,
                    "stage": "vegetative",
                    "confidence": 0.93,
                }
            )
    return rows


def notifications():
    return [
        {
            "id": 2,
            "plant_id": 2,
            "capture_id": 2,
            "category": "alert",
            "title": "Rubber plant is getting limp",
            "message": "Its firmness has been below 60 % in the last two photographs.",
            "advice": "Feel the soil. If the top two centimetres are dry, water it until some runs out below.",
            "metric": "turgor_index",
            "value": 0.48,
            "threshold": 0.6,
            "created_at": ago(hours=3, minutes=24),
            "read_at": None,
            "resolved_at": None,
        },
        {
            "id": 1,
            "plant_id": None,
            "capture_id": None,
            "category": "info",
            "title": "The camera is focused again",
            "message": "The last four photographs are sharp.",
            "advice": None,
            "metric": None,
            "value": None,
            "threshold": None,
            "created_at": ago(days=1, hours=2),
            "read_at": ago(hours=20),
            "resolved_at": ago(hours=20),
        },
        {
            "id": 3,
            "plant_id": 4,
            "capture_id": 4,
            "category": "analysis",
            "title": "Chilli pepper: the week in one line",
            "message": "It grew by 24 % in seven days, faster than the week before.",
            "advice": None,
            "metric": "growth_rate_percent",
            "value": 3.8,
            "threshold": None,
            "created_at": ago(hours=9),
            "read_at": None,
            "resolved_at": None,
        },
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
    parts = [
        ("camera", "ok", "The camera works.", None, None),
        ("captures", "ok", f"The next photograph is due at {stamp(NOW + timedelta(minutes=36))}.", None, None),
        ("light", "ok", "The light follows its plan.", None, None),
        (
            "disk",
            "warn",
            "The card is 86 % full.",
            "Old photographs are removed by themselves. Measurements are never removed.",
            86.0,
        ),
        ("clock", "ok", "The clock is right (from the network).", None, None),
        ("power", "ok", "The power supply is strong enough.", None, None),
        ("temperature", "ok", "52 °C inside.", None, 52.0),
        ("network", "ok", "Connected to Greenhouse.", None, None),
        ("mqtt", "off", "Home Assistant is not connected.", None, None),
        ("store", "ok", "The database is sound.", None, None),
        ("worker", "ok", "Photographs are measured in time.", None, None),
        ("screen", "ok", "The screen is drawn by x11.", None, None),
    ]
    return [
        {
            "part": p,
            "state": s,
            "message": m,
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
        for p in (1, 2)
        for i, k, a, v, pr, t in [(r[0] + 10 * p, *r[1:]) for r in rows]
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
    }


def garden(**changed):
    """The household as the screen knows it, with some tables replaced."""
    live = Live()
    found = Garden(live)
    for name, rows in {**everything(), **changed}.items():
        live.rows(name, rows)
    return found
