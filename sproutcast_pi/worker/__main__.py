"""Read one job line, do it within its limits, print one answer line."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from pathlib import Path

import msgspec

from sproutcast_pi.messages.areas import cameras
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.protocol.worker import WorkerAnswer, WorkerJob

JOB_LIMIT = 4_000_000
"""Bytes a job line may have."""
OOM_SCORE = 800
"""When memory runs out the kernel takes this program, not the daemon; see proc(5), oom_score_adj."""
PR_SET_PDEATHSIG = 1
"""linux/prctl.h: the signal sent to us when the daemon dies."""


def main() -> int:
    """Do one job; 0 when there was an answer line, even one that says what went wrong."""
    answer_fd = keep_stdout_clean()
    die_with_parent()
    line = sys.stdin.buffer.readline(JOB_LIMIT)
    try:
        job = msgspec.json.decode(line, type=WorkerJob)
    except msgspec.DecodeError as error:
        print(f"the job can't be read: {error}", file=sys.stderr)
        return 2
    _limit_memory(job.memory_mb)
    from sproutcast_pi.worker.answer import run_job  # noqa: PLC0415 - OpenCV loads after the limits are set

    try:
        result = run_job(job)
    except MemoryError:
        reason = cameras.MEMORY(n=job.memory_mb)
        result = WorkerAnswer(capture=job.capture, error=english(reason), reason=reason)
    os.write(answer_fd, msgspec.json.encode(result) + b"\n")
    return 0


def keep_stdout_clean() -> int:
    """Whatever a camera library prints goes to stderr; the answer has a descriptor of its own."""
    answer_fd = os.dup(1)
    os.dup2(2, 1)
    return answer_fd


def die_with_parent() -> None:
    """A daemon that was killed leaves no camera program behind."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _limit_memory(memory_mb: int) -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(OOM_SCORE), encoding="ascii")
    limit = memory_mb * 1024 * 1024
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


if __name__ == "__main__":
    sys.exit(main())
