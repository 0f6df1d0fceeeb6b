"""What `/metrics` reads when it is requested: store, connections, captures, light."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from sproutcast_pi.services.call_pipeline import CallPipeline
from sproutcast_pi.services.gateway.session import WebSocketSession
from sproutcast_pi.services.metrics import Labels, Samples


def register_gauges(pipeline: CallPipeline, sessions: Callable[[], Collection[WebSocketSession]]) -> None:
    """Register the gauges; `sessions` are the open WebSockets."""
    store, gauge = pipeline.store, pipeline.metrics.gauge

    def one(read: Callable[[], float]) -> Callable[[], Samples]:
        return lambda: [((), read())]

    def rows(label: str, sql: str) -> Callable[[], Iterable[tuple[Labels, float]]]:
        return lambda: [(((label, row["label"]),), row["value"]) for row in store.query(sql)]

    def kept(name: str, text: str, sql: str) -> None:
        gauge(name, text, lambda: [((), row["value"]) for row in store.query(sql) if row["value"] is not None])

    gauge("sproutcast_seq", "The newest transaction.", one(lambda: store.seq))
    gauge("sproutcast_transactions_total", "Transactions.", one(lambda: store.stats().transactions), "counter")
    gauge(
        "sproutcast_commits_total", "Commits; several calls share one.", one(lambda: store.stats().commits), "counter"
    )
    gauge("sproutcast_commit_seconds_total", "Time in commits.", one(lambda: store.stats().commit_s), "counter")
    gauge("sproutcast_diffs_total", "Messages to subscribers.", one(lambda: store.stats().messages), "counter")
    gauge("sproutcast_calls_queued", "Calls that wait for the writer.", one(lambda: store.stats().queued))
    gauge("sproutcast_connections", "Open WebSockets.", one(lambda: len(sessions())))
    gauge(
        "sproutcast_subscriptions",
        "Live queries of all.",
        one(lambda: sum(each.subscription_count for each in sessions())),
    )
    gauge(
        "sproutcast_outbox_messages",
        "What waits for slow clients.",
        one(lambda: sum(len(e.send_queue) for e in sessions())),
    )
    gauge(
        "sproutcast_captures",
        "Captures by state.",
        rows("state", "SELECT state label, count(*) value FROM capture GROUP BY 1"),
    )
    kept("sproutcast_light_level", "What the lamp is set to, 0 to 1.", "SELECT now_level value FROM light")
    kept("sproutcast_light_on_seconds_today", "How long the lamp was on.", "SELECT on_seconds_today value FROM light")
