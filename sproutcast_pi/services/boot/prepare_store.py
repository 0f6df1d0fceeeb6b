"""What each start does to the store before its services run."""

from __future__ import annotations

from pathlib import Path

from sproutcast_pi.services.boot.startup_status import START_PARTS, StartupStatus
from sproutcast_pi.services.health import HealthReport, HealthReporter
from sproutcast_pi.services.photo_store import PhotoStore
from sproutcast_pi.store.engine import INTERNAL, Store


def apply_owner_reset(store: Store, request: Path) -> None:
    """After a reset that kept the plants, remove their owner's phones and choices; `request` is its marker file."""
    if request.exists():
        store.call("forget_owner", {}, caller=INTERNAL)
        request.unlink()


def clean_photo_folder(store: Store, photos: PhotoStore) -> str | None:
    """Remove files without a row, or set them aside when a backup took over; what the owner is told of the database.

    Raises OSError when the folder can't be written.
    """
    photos.folder.mkdir(parents=True, exist_ok=True)
    known, trouble = referenced_files(store), store.opened.trouble
    if trouble is not None and photos.set_orphans_aside(known):
        trouble += " Photographs that it does not know are kept on the card, in pictures/set-aside."
    photos.remove_orphans(known)
    return trouble


def referenced_files(store: Store) -> frozenset[str]:
    """The files of photos that rows name, relative to their folder."""
    rows = store.query("SELECT file, thumb, overlay FROM capture WHERE state = 'done'")
    return frozenset(name for row in rows for name in row.values() if name)


def report_startup(store: Store, config_problem: str | None, trouble: str | None, startup: StartupStatus) -> None:
    """Write how configuration and database were found, and why this start happened; raises RefusedError."""
    health = HealthReporter(store)
    for part in START_PARTS:
        health.clear(part)
    if config_problem:
        health.report("config", "bad", config_problem, "Mend the file, then reload.")
    else:
        health.report("config", "ok", "The configuration has no faults.")
    if trouble:
        health.write(HealthReport(part="store", state="warn", message=trouble))
    else:
        health.report("store", "ok", "The database is sound.")
    for report in startup.health_reports():
        health.write(report)
    if news := startup.take_notice():
        notice = {"category": "info", "title": "Started again by itself", "message": news}
        store.call("notify", notice, caller=INTERNAL)
