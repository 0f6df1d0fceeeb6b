"""Run one job in a child program with a deadline; every bad end becomes a sentence."""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

import msgspec

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import cameras, captures
from sproutcast_pi.protocol.worker import WorkerAnswer, WorkerJob

LOG = logging.getLogger(__name__)
MAX_ANSWER_BYTES = 1_000_000
"""Bytes an answer may have; a real one has a few thousand."""
MAX_STDERR_BYTES = 2_000
POLL_S = 0.2
"""How often a stop of the daemon is looked for while a picture is being taken."""
COMMAND = (sys.executable, "-m", "sproutcast_pi.worker")


class WorkerFailedError(SproutcastError):
    """The job gave no picture; the text says why, for the owner."""


class WorkerProcess:
    """Starts a child for every job and makes sure that it is gone afterwards."""

    def __init__(self, command: tuple[str, ...] = COMMAND, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._command = command
        # A camera's time, not the greenhouse's, which may run faster.
        self._monotonic = monotonic

    def run(self, job: WorkerJob, deadline_s: float, stop: Event) -> WorkerAnswer:
        """The child's answer; the picture it names lies on disk, whole.

        Raises WorkerFailedError with a sentence when the child hangs, crashes, babbles, or names a picture that is
        not there.
        """
        try:
            child = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise WorkerFailedError(cameras.NOT_STARTED(reason=error.strerror or str(error))) from error
        try:
            output, complaint = self._communicate(child, msgspec.json.encode(job) + b"\n", deadline_s, stop)
        finally:
            _terminate(child)
        if complaint:
            LOG.info("worker said: %s", complaint)
        return _validated(_parse_answer(output, child.returncode, complaint), job)

    def _communicate(
        self, child: subprocess.Popen[bytes], line: bytes, deadline_s: float, stop: Event
    ) -> tuple[bytes, str]:
        """What came on stdout up to the end of the first line, and the tail of stderr."""
        assert child.stdin
        assert child.stdout
        assert child.stderr
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(line)
            child.stdin.flush()
        os.set_blocking(child.stdout.fileno(), False)
        os.set_blocking(child.stderr.fileno(), False)
        output, complaint = bytearray(), bytearray()
        end = self._monotonic() + deadline_s
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ, output)
            selector.register(child.stderr, selectors.EVENT_READ, complaint)
            while selector.get_map() and b"\n" not in output:
                left = end - self._monotonic()
                if left <= 0:
                    raise WorkerFailedError(cameras.NO_ANSWER(seconds=deadline_s))
                if stop.is_set():
                    raise WorkerFailedError(captures.STOPPING())
                for key, _ in selector.select(min(left, POLL_S)):
                    chunk = os.read(key.fd, 65536)
                    if not chunk:
                        selector.unregister(key.fileobj)
                    key.data.extend(chunk)
                if len(output) > MAX_ANSWER_BYTES:
                    raise WorkerFailedError(cameras.BABBLES())
                del complaint[:-MAX_STDERR_BYTES]
        return bytes(output), complaint.decode(errors="replace").strip()


def _terminate(child: subprocess.Popen[bytes]) -> None:
    """Let a finished child go by itself for a moment, then kill it with all it started."""
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe:
            with contextlib.suppress(OSError):
                pipe.close()
    try:
        child.wait(timeout=0.5)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _parse_answer(output: bytes, status: int, complaint: str) -> WorkerAnswer:
    line, newline, _ = output.partition(b"\n")
    if not newline:
        last = complaint.splitlines()[-1] if complaint else ""
        if status < 0:
            name = signal.Signals(-status).name
            raise WorkerFailedError(cameras.KILLED(signal=name, detail=last))
        raise WorkerFailedError(cameras.ENDED(status=status, detail=last))
    try:
        return msgspec.json.decode(line, type=WorkerAnswer)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        shown = line[:60].decode(errors="replace")
        raise WorkerFailedError(cameras.UNREADABLE(answer=repr(shown))) from error


def _validated(answer: WorkerAnswer, job: WorkerJob) -> WorkerAnswer:
    """The answer, once its picture was found on disk with the size it claims."""
    if answer.capture != job.capture:
        raise WorkerFailedError(cameras.WRONG_PHOTO(got=answer.capture, wanted=job.capture))
    if answer.error:
        raise WorkerFailedError(answer.reason or answer.error)
    if answer.file != job.file:
        raise WorkerFailedError(cameras.WRONG_FILE(got=repr(answer.file), wanted=repr(job.file)))
    try:
        size = (Path(job.folder) / job.file).stat().st_size
    except OSError as error:
        raise WorkerFailedError(cameras.FILE_MISSING(file=job.file, reason=error.strerror or str(error))) from error
    if size != answer.bytes or size == 0:
        raise WorkerFailedError(cameras.FILE_SIZE(file=job.file, size=size, wanted=answer.bytes))
    return answer
