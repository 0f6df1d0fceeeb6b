"""What was acknowledged survives a kill at any moment and a disk that fills; what was refused left nothing."""

import os
import random
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

KILLS = int(os.environ.get("STORE_KILLS", "8"))
ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(3600)
def test_no_acknowledged_row_is_lost_to_kill_9(tmp_path):
    path, chance, number, acknowledged = tmp_path / "store.db", random.Random(5), 0, 0
    for _ in range(KILLS):
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.store.writer_process", str(path), str(number)],
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            cwd=ROOT,
        )
        last_seq, wanted = 0, chance.randint(1, 300)
        for line in child.stdout:
            number, last_seq = (int(word) for word in line.split())
            acknowledged += 1
            if acknowledged % 300 == wanted:
                break
        child.kill()
        for line in child.stdout:
            if line.endswith("\n"):
                number, last_seq = (int(word) for word in line.split())
        child.wait()
        connection = apsw.Connection(str(path))
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        (newest,) = connection.execute("SELECT max(seq) FROM _tx").fetchone()
        (highest,) = connection.execute("SELECT max(CAST(value AS INTEGER)) FROM setting").fetchone()
        connection.close()
        assert newest >= last_seq
        assert highest >= number
        number = highest + 1


FULL = """
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.clocks import AutoAdvancingClock
from tests.store.helpers import OWNER
from sproutcast_pi.store.engine import Store
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = Store(Path(sys.argv[1]), clock=AutoAdvancingClock(), device="spr-full")
received = []
store.subscribe("SELECT * FROM setting WHERE name LIKE 'ui.b%'", received.append, caller=OWNER)
store.subscribe("SELECT * FROM setting ORDER BY name LIMIT 3", received.append, caller=OWNER)
big = "x" * 1900
good = 0
soft = Path(sys.argv[1] + "-wal").stat().st_size + 300_000
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, resource.RLIM_INFINITY))
errors = []
for number in range(190):
    futures = [store.submit("set_setting", {"name": f"ui.b{number}.{k}", "value": big}, caller=OWNER) for k in range(3)]
    for future in futures:
        error = future.exception()
        if error is None:
            good += 1
        else:
            errors.append(error)
    if errors:
        break
assert errors and {error.code for error in errors} == {"unavailable"}, errors
assert "nothing was changed" in str(errors[0]), errors[0]
rows = store.query("SELECT name FROM setting")
assert len(rows) == good, (len(rows), good)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
store.call("set_setting", {"name": "ui.after", "value": 1}, caller=OWNER)
assert store.query("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
inserted = [row["name"] for message in received if hasattr(message, "insert") for row in message.insert]
assert len([name for name in inserted if name.startswith("ui.b")]) >= good
store.close()
print("survived", good, str(errors[0]))
"""


def test_a_full_disk_refuses_whole_calls_and_the_store_goes_on(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "store.db"), str(ROOT)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "survived" in done.stdout
