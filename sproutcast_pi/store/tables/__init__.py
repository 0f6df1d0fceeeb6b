"""The tables, as peewee models, by subject; a column holds what is sent on the wire.

Moments (`*_at`) are text in UTC, `2026-11-22T03:06:09.123456Z`, fixed width, so they sort and compare as text.
Days (`*_on`) are `2026-11-22`. Truth values are 0 or 1. Lists and objects are JSON text.
"""

from __future__ import annotations

from sproutcast_pi.store.base_model import Model
from sproutcast_pi.store.tables.appliance import Client, Health, Notification, Setting, Software
from sproutcast_pi.store.tables.captures import AnalysisResult, Capture, Profile
from sproutcast_pi.store.tables.light import Light, LightChange, LightDay
from sproutcast_pi.store.tables.plants import Alert, CareEvent, MonitorPlan, Plant, Timelapse

__all__ = [
    "HIDDEN",
    "PRIVATE",
    "TABLES",
    "Alert",
    "AnalysisResult",
    "Capture",
    "CareEvent",
    "Client",
    "Health",
    "Light",
    "LightChange",
    "LightDay",
    "Model",
    "MonitorPlan",
    "Notification",
    "Plant",
    "Profile",
    "Setting",
    "Software",
    "Timelapse",
]

TABLES: tuple[type[Model], ...] = (
    Capture,
    Plant,
    MonitorPlan,
    AnalysisResult,
    Alert,
    Notification,
    CareEvent,
    Timelapse,
    Light,
    LightChange,
    LightDay,
    Health,
    Software,
    Setting,
    Profile,
    Client,
)
"""Every table, those referred to first."""

PRIVATE = frozenset({"client", "_tx", "_meta", "_follower"})
"""Tables only owners and our own services may read."""
HIDDEN = {"client": frozenset({"token_hash"})}
"""Columns that never leave, for nobody."""
