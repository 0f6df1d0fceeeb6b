import json
import os
import sys
import threading
import time
from pathlib import Path

import pytest

from sproutcast_pi.protocol.worker import WorkerJob
from sproutcast_pi.services.worker_process import WorkerFailedError, WorkerProcess


def job(tmp_path):
    return WorkerJob(
        capture=7,
        at="2026-01-01T00:00:00.000000Z",
        camera="simulated",
        folder=str(tmp_path),
        file="a.jpg",
        thumb="t.jpg",
        overlay="o.jpg",
    )


def child(script, **options):
    """A worker that misbehaves as the script says; `say` prints an answer, `write` leaves a picture."""
    prelude = (
        "import json, os, sys, time, signal\n"
        "job = json.loads(sys.stdin.readline())\n"
        "def write(content): open(os.path.join(job['folder'], job['file']), 'wb').write(content)\n"
        "def say(**more): print(json.dumps({'capture': job['capture'], 'file': job['file'], **more}), flush=True)\n"
    )
    return WorkerProcess((sys.executable, "-c", prelude + script), **options)


def run(script, tmp_path, deadline_s=60.0, stop=None, **options):
    return child(script, **options).run(job(tmp_path), deadline_s, stop or threading.Event())


def test_a_good_answer_comes_back(tmp_path):
    assert run("write(b'jpeg'); say(bytes=4, width=3)", tmp_path).width == 3


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("time.sleep(60)", "did not answer within"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
        ("sys.exit(3)", "status 3"),
        ("print('no JSON here', flush=True)", "unreadable"),
        ("print('[1, 2]', flush=True)", "unreadable"),
        ("sys.stdout.buffer.write(b'\\xff\\xfe\\n')", "unreadable"),
        ("print(json.dumps({'capture': 8}), flush=True)", "photo 8 instead of 7"),
        ("say(bytes=4)", "is missing"),
        ("write(b''); say(bytes=0)", "0 bytes"),
        ("write(b'jpeg!'); say(bytes=4)", "5 bytes instead of 4"),
        ("write(b'x'); print(json.dumps({'capture': 7, 'file': '../x', 'bytes': 1}), flush=True)", "instead of"),
        ("print(json.dumps({'capture': 7, 'error': 'No camera is connected.'}), flush=True)", "No camera is connected"),
        ("raise RuntimeError('ribbon cable')", "ribbon cable"),
    ],
)
def test_every_bad_end_is_a_sentence(tmp_path, script, sentence):
    with pytest.raises(WorkerFailedError, match=sentence):
        run(script, tmp_path, deadline_s=2.0 if "sleep" in script else 60.0)


def test_babble_without_end_is_stopped(tmp_path):
    with pytest.raises(WorkerFailedError, match="too much output"):
        run("while True: sys.stdout.write('x' * 65536)", tmp_path)


def test_a_late_child_is_gone_with_its_children(tmp_path):
    script = (
        "import subprocess\n"
        "p = subprocess.Popen(['sleep', '300'])\n"
        "os.chdir(job['folder'])\n"
        "open('half', 'w').write(json.dumps([os.getpid(), p.pid]))\n"
        "os.rename('half', 'pids')\n"
        "time.sleep(300)"
    )
    # However slowly it starts, it is late once both are there.
    with pytest.raises(WorkerFailedError, match="did not answer within"):
        run(script, tmp_path, monotonic=lambda: 1000.0 if (tmp_path / "pids").exists() else 0.0)
    end = time.monotonic() + 60
    pids = json.loads((tmp_path / "pids").read_text())
    while any(_runs(pid) for pid in pids) and time.monotonic() < end:
        os.sched_yield()
    assert not [pid for pid in pids if _runs(pid)]


def _runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # gone before the file was opened, or before it was read
        return False


def test_a_stop_of_the_daemon_ends_the_wait(tmp_path):
    stop = threading.Event()
    stop.set()
    with pytest.raises(WorkerFailedError, match="shutting down"):
        run("time.sleep(60)", tmp_path, stop=stop)


def test_a_program_that_is_not_there(tmp_path):
    with pytest.raises(WorkerFailedError, match="could not be started"):
        WorkerProcess(("/nowhere/python",)).run(job(tmp_path), 5, threading.Event())
