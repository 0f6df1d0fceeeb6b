"""Look through the camera while somebody aims it: a child that starts with the first question, ends after the last.

The camera has one user at a time, so a photograph that is due sends the child away first; the next question brings it
back.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import IO

import msgspec

from sproutcast_pi.messages.areas import cameras
from sproutcast_pi.messages.areas.text import verbatim
from sproutcast_pi.messages.message import Message
from sproutcast_pi.protocol.preview import PreviewStats
from sproutcast_pi.protocol.worker import WorkerAnswer, WorkerJob
from sproutcast_pi.services.capture_keeper import Worker

COMMAND = (sys.executable, "-m", "sproutcast_pi.worker.preview")
IDLE_TIMEOUT_S = 5.0
"""Seconds without a request after which the camera is released."""
MAX_FRAME_BYTES = 4_000_000
"""Bytes a look may have."""
BUSY = cameras.BUSY()
NO_ANSWER = cameras.PREVIEW_NO_ANSWER()


class PreviewFrame(msgspec.Struct, frozen=True, kw_only=True):
    """One look through the camera."""

    number: int
    stats: PreviewStats
    jpeg: bytes


class CameraPreview:
    """Keeps the newest look. Any thread may ask."""

    def __init__(
        self,
        *,
        job: Callable[[], WorkerJob],
        command: tuple[str, ...] = COMMAND,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        # A person's time, not the greenhouse's, which may run faster.
        self._monotonic = monotonic
        self._job = job
        self._command = command
        self._lock = threading.Lock()
        self._newest: PreviewFrame | None = None
        self._fault: Message | None = None
        self._frame_count = 0
        self._last_request_s = 0.0
        self._child: subprocess.Popen[bytes] | None = None
        self._busy = False

    def newest(self) -> tuple[PreviewFrame | None, Message | None]:
        """The newest look, or None and why there is none (None: not yet). Starts looking; never blocks for long."""
        with self._lock:
            self._last_request_s = self._monotonic()
            if self._busy:
                return None, BUSY
            if self._child is None:
                fault, self._fault = self._fault, None
                if fault:
                    return None, fault
                self._start()
            return self._newest, None

    def pause(self) -> None:
        """Let the camera go for a photograph, and keep away until `resume`."""
        with self._lock:
            self._busy = True
            child = self._child
            self._stop_child()
        if child is not None:
            child.wait()

    def resume(self) -> None:
        """The photograph is taken."""
        with self._lock:
            self._busy = False

    def close(self) -> None:
        """Let the camera go."""
        with self._lock:
            self._stop_child()

    def _start(self) -> None:
        try:
            child = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        except OSError as error:
            self._fault = cameras.NOT_STARTED(reason=error.strerror or str(error))
            return
        assert child.stdin
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(msgspec.json.encode(self._job()) + b"\n")
            child.stdin.flush()
        self._child = child
        threading.Thread(target=self._read_frames, args=(child,), name="aiming", daemon=True).start()

    def _read_frames(self, child: subprocess.Popen[bytes]) -> None:
        """Take looks from one child until it ends, or nobody asks any more."""
        assert child.stdout
        fault: Message | None = NO_ANSWER
        with contextlib.suppress(msgspec.DecodeError, ValueError):
            while (found := _read_frame(child.stdout)) is not None:
                numbers, jpeg = found
                if numbers.error:
                    fault = numbers.reason or verbatim(numbers.error)
                    break
                if not self._store_frame(child, numbers, jpeg):
                    fault = None
                    break
        with self._lock:
            if self._child is child:
                self._fault = fault
                self._stop_child()
        child.wait()

    def _store_frame(self, child: subprocess.Popen[bytes], numbers: PreviewStats, jpeg: bytes) -> bool:
        """Keep a look; whether another one is wanted."""
        with self._lock:
            if self._child is not child or self._monotonic() - self._last_request_s > IDLE_TIMEOUT_S:
                return False
            self._frame_count += 1
            self._newest = PreviewFrame(number=self._frame_count, stats=numbers, jpeg=jpeg)
            return True

    def _stop_child(self) -> None:
        child, self._child, self._newest = self._child, None, None
        if child is not None:
            child.kill()


class SharedCamera:
    """A worker whose photographs come before anybody's aiming."""

    def __init__(self, worker: Worker, aiming: CameraPreview) -> None:
        self._worker = worker
        self._preview = aiming

    def run(self, job: WorkerJob, deadline_s: float, stop: threading.Event) -> WorkerAnswer:
        """The worker's answer; raises WorkerFailedError."""
        self._preview.pause()
        try:
            return self._worker.run(job, deadline_s, stop)
        finally:
            self._preview.resume()


def _read_frame(pipe: IO[bytes]) -> tuple[PreviewStats, bytes] | None:
    """The next look; None at the end. Raises ValueError or DecodeError for nonsense."""
    line = pipe.readline(MAX_FRAME_BYTES)
    if not line.endswith(b"\n"):
        return None
    numbers = msgspec.json.decode(line, type=PreviewStats)
    if not 0 <= numbers.size <= MAX_FRAME_BYTES:
        raise ValueError(f"a look of {numbers.size} bytes")
    jpeg = pipe.read(numbers.size)
    return (numbers, jpeg) if len(jpeg) == numbers.size else None
