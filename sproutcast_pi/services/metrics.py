"""Counters, timings and gauges, written as Prometheus reads them."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable

BUCKETS_S = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
Labels = tuple[tuple[str, str], ...]
Samples = Iterable[tuple[Labels, float]]


class _Timing:
    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS_S) + 1)
        self.total = 0.0


class Metrics:
    """What happened so far; safe to use from every thread. Label values must come from a small fixed set."""

    def __init__(self) -> None:
        self._help: dict[str, str] = {}
        self._counters: dict[str, dict[Labels, float]] = {}
        self._timings: dict[str, dict[Labels, _Timing]] = {}
        self._gauges: dict[str, tuple[str, Callable[[], Samples]]] = {}
        self._lock = threading.Lock()

    def describe(self, name: str, text: str) -> None:
        """Say what a counter or timing means."""
        self._help[name] = text

    def count(self, name: str, amount: float = 1.0, **labels: str) -> None:
        """Add to a counter."""
        key = tuple(sorted(labels.items()))
        with self._lock:
            values = self._counters.setdefault(name, {})
            values[key] = values.get(key, 0.0) + amount

    def time(self, name: str, seconds: float, **labels: str) -> None:
        """Add one duration to a histogram."""
        key = tuple(sorted(labels.items()))
        with self._lock:
            timing = self._timings.setdefault(name, {}).setdefault(key, _Timing())
            timing.counts[bisect_left(BUCKETS_S, seconds)] += 1
            timing.total += seconds

    def gauge(self, name: str, text: str, read: Callable[[], Samples], kind: str = "gauge") -> None:
        """Ask `read` for (labels, value) pairs whenever somebody looks; `kind` is Prometheus's type."""
        self._help[name] = text
        self._gauges[name] = (kind, read)

    def text(self) -> str:
        """Everything in Prometheus text format 0.0.4."""
        lines: list[str] = []
        for name, (kind, read) in self._gauges.items():
            lines += [*self._head(name, kind), *(f"{name}{_labels(labels)} {value:g}" for labels, value in read())]
        with self._lock:
            for name, values in self._counters.items():
                lines += [
                    *self._head(name, "counter"),
                    *(f"{name}{_labels(labels)} {value:g}" for labels, value in values.items()),
                ]
            for name, timings in self._timings.items():
                lines += self._head(name, "histogram")
                for labels, timing in timings.items():
                    lines += _histogram(name, labels, timing)
        return "\n".join(lines) + "\n"

    def _head(self, name: str, kind: str) -> list[str]:
        return [f"# HELP {name} {self._help.get(name, name)}", f"# TYPE {name} {kind}"]


def _histogram(name: str, labels: Labels, timing: _Timing) -> list[str]:
    lines, running = [], 0
    for bound, count in zip((*map(str, BUCKETS_S), "+Inf"), timing.counts, strict=True):
        running += count
        lines.append(f"{name}_bucket{_labels((*labels, ('le', bound)))} {running}")
    return [*lines, f"{name}_sum{_labels(labels)} {timing.total:g}", f"{name}_count{_labels(labels)} {running}"]


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
