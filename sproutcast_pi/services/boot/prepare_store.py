"""What each start does to the store before its services run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sproutcast_pi.messages.areas import appliance, database, system
from sproutcast_pi.messages.areas.text import sentences
from sproutcast_pi.messages.message import Message
from sproutcast_pi.services.boot.startup_status import START_PARTS, StartupStatus
from sproutcast_pi.services.health import HealthReport, HealthReporter
from sproutcast_pi.services.photo_store import PhotoStore
from sproutcast_pi.store.engine import INTERNAL, Store


def apply_owner_reset(store: Store, request: Path) -> None:
    """After a reset that kept the plants, remove their owner's phones and choices; `request` is its marker file."""
    if request.exists():
        store.call("forget_owner", {}, caller=INTERNAL)
        # The log has every change, names and places too, and its newest entry always stays: one more takes its place.
        store.call("set_health", {"part": "store", "state": "ok", "message": appliance.RESET_DONE()}, caller=INTERNAL)
        store.call("prune_log", {"keep_bytes": 0, "follower_keep_bytes": 0}, caller=INTERNAL)
        request.unlink()


def clean_photo_folder(store: Store, photos: PhotoStore) -> Message | None:
    """Remove what captures that were cut short left behind; the message for the owner about the database.

    Files without a row are found later, in the background (`photo_sweep`), since there may be hundreds of thousands.
    Raises OSError when the folder can't be written.
    """
    photos.folder.mkdir(parents=True, exist_ok=True)
    unfinished = store.query("SELECT id FROM capture WHERE state = 'taking'")
    photos.remove_unfinished(int(row["id"]) for row in unfinished)
    trouble = store.opened.trouble
    return None if trouble is None else sentences(trouble, database.PHOTOS_SET_ASIDE())


def forget_failures(store: Store, services: Iterable[str]) -> None:
    """Clear what the last run wrote of services that had stopped working; this start tries them afresh."""
    bad = {row["part"] for row in store.query("SELECT part FROM health WHERE state = 'bad'")}
    for part in bad & set(services):
        store.call("clear_health", {"part": part}, caller=INTERNAL)


def report_startup(
    store: Store, config_problem: Message | None, trouble: Message | None, startup: StartupStatus
) -> None:
    """Write how configuration and database were found, and why this start happened; raises RefusedError."""
    health = HealthReporter(store)
    for part in START_PARTS:
        health.clear(part)
    if config_problem:
        health.report("config", "bad", config_problem, system.FIX_FILE())
    else:
        health.report("config", "ok", system.CONFIG_OK())
    if trouble:
        health.write(HealthReport(part="store", state="warn", message=trouble))
    else:
        health.report("store", "ok", system.STORE_OK())
    for report in startup.health_reports():
        health.write(report)
    if news := startup.take_notice():
        notice = {"category": "info", "title": system.RESTARTED_TITLE(), "message": news}
        store.call("notify", notice, caller=INTERNAL)
