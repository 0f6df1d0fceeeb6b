import json
import re
import signal
import socket
import subprocess
import sys
import threading
from datetime import datetime

import apsw
import pytest

from sproutcast_pi.model.light_plan import planned_level
from sproutcast_pi.model.light_schedule import LightSchedule
from tests.waiting import wait_until

HEAVY = ("cv2", "numpy", "picamera2", "kivy", "gpiozero", "paho", "rich")


def test_the_daemon_loads_no_heavy_library():
    code = (
        "import sys; import sproutcast_pi.app.daemon; import sproutcast_pi.commands.run; "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def answers(one):
    client = one.client()
    try:
        one.connected(client)
    finally:
        client.stop()


def health(one, part):
    found = one.rows("SELECT state, message FROM health WHERE part = ?", part)
    return found[0] if found else (None, None)


def test_it_stops_in_order_within_five_seconds_even_while_a_picture_is_taken(daemon):
    one = daemon("--speed", "1800", "--camera", "simulated:hang")
    answers(one)
    wait_until(lambda: one.rows("SELECT 1 FROM capture WHERE state = 'taking'"))
    assert one.stop_s() < 5.0
    assert one.process.returncode == 0
    assert one.rows("SELECT state FROM capture") == [("failed",)]
    assert one.rows("SELECT level, reason FROM light_change ORDER BY id DESC LIMIT 1") == [(0.0, "off")]
    assert one.worker() is None
    assert "Traceback" not in one.log.read_text()


@pytest.mark.parametrize(
    ("fault", "sentence"), [("crash", "ended by|ended \\("), ("babble", "unreadable|too much output")]
)
def test_a_broken_camera_costs_pictures_but_never_the_light(daemon, fault, sentence):
    one = daemon("--speed", "7200", "--camera", f"simulated:{fault}")
    answers(one)
    wait_until(lambda: len(one.rows("SELECT 1 FROM capture WHERE state = 'failed'")) >= 4)
    wait_until(lambda: one.rows("SELECT 1 FROM light_change WHERE reason = 'sunset'"))
    assert one.stop() == 0
    errors = {row[0] for row in one.rows("SELECT error FROM capture WHERE state = 'failed' ORDER BY id")}
    assert any(re.search(sentence, error) for error in errors), errors
    assert health(one, "camera")[0] == "bad"
    assert one.rows("SELECT count(*) FROM notification WHERE code = 'captures.failed_in_a_row'") == [(1,)]
    _light_followed_the_plan(one)


def _light_followed_the_plan(one):
    changes = one.rows("SELECT at, level, reason FROM light_change ORDER BY id")
    assert len(changes) > 10
    for at, level, reason in changes[:-1]:
        expected = 1.0 if reason == "capture" else planned_level(LightSchedule(), datetime.fromisoformat(at))
        assert abs(level - expected) <= 0.03, (at, level, reason, expected)


def test_a_broken_configuration_does_not_stop_it(daemon, tmp_path):
    one = daemon(config="[network]\nlisten = false\n[light.schedule]\nhours = 12\n")
    answers(one)
    one.stop()
    one = daemon(config="[network]\nlisten = false\n[light.schedule]\nhours = 'long'\n")
    answers(one)
    state, message = health(one, "config")
    assert state == "bad"
    assert "line 4" in message
    assert "last good copy" in message
    assert one.rows("SELECT hours FROM light") == [(12.0,)]
    one.config.write_text("[network]\nlisten = false\n[light.schedule]\nhours = 12\n")
    one.process.send_signal(signal.SIGHUP)
    wait_until(lambda: health(one, "config")[0] == "ok")
    assert one.stop() == 0


def test_a_database_of_a_newer_program_leaves_the_light_alight(daemon, tmp_path):
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / "sproutcast.sqlite3"
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE x (a)")
    connection.pragma("user_version", 999)
    connection.close()
    content = path.read_bytes()
    one = daemon()
    wait_until(lambda: "only light and screen run" in one.log.read_text())
    assert one.alive()
    wait_until((tmp_path / "data" / "light.json").exists)
    assert one.stop() == 0
    assert path.read_bytes() == content


def test_a_damaged_database_is_set_aside_and_named(daemon, tmp_path):
    (tmp_path / "data").mkdir()
    damaged = b"SQLite format 3\0" + bytes(range(256)) * 64
    (tmp_path / "data" / "sproutcast.sqlite3").write_bytes(damaged)
    one = daemon()
    answers(one)
    assert health(one, "store")[0] == "warn"
    aside = [path for path in (tmp_path / "data").iterdir() if "damaged" in path.name]
    assert [path.read_bytes() for path in aside if path.stat().st_size] == [damaged]
    assert one.stop() == 0


def test_after_three_crashes_only_light_and_screen_run_until_somebody_says_otherwise(daemon):
    one = daemon()
    for _ in range(3):
        answers(one)
        one.kill()
        one.start()
    client = one.client()
    try:
        one.connected(client)
        assert health(one, "safe_mode")[0] == "bad"
        assert "killed" in health(one, "restart")[1] or "unexpectedly" in health(one, "restart")[1]
        wait_until(lambda: one.rows("SELECT 1 FROM light_change"))
        client.call("request_capture", {}).result(60)
        assert one.rows("SELECT state FROM capture ORDER BY id DESC LIMIT 1") == [("wanted",)]
        client.call("leave_safe_mode", {}).result(60)
        wait_until(lambda: health(one, "safe_mode") == (None, None))
        wait_until(lambda: one.rows("SELECT 1 FROM capture WHERE state = 'done'"))
    finally:
        client.stop()
    assert one.stop() == 0


def test_a_second_daemon_in_the_same_folder_is_refused(daemon):
    one = daemon()
    answers(one)
    second = subprocess.run(
        [sys.executable, "-m", "sproutcast_pi", "run", "--data", one.folder / "data"],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert second.returncode == 1
    assert "Another daemon already uses" in second.stderr


def test_systemd_is_told(daemon, tmp_path):
    address = str(tmp_path / "notify")
    notified = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind(address)
        notify.settimeout(60)
        one = daemon(environment={"NOTIFY_SOCKET": address})

        def listen():
            while "STOPPING=1" not in notified:
                notified.append(notify.recv(4096).decode())

        listener = threading.Thread(target=listen)
        listener.start()
        wait_until(
            lambda: "READY=1" in notified and "WATCHDOG=1" in notified and any("STATUS=lamp" in one for one in notified)
        )
        one.stop()
        listener.join(90)
    assert notified[-1] == "STOPPING=1"


def test_a_replayed_series_gives_a_result_a_photograph_and_plant(daemon, plants, tmp_path):
    series = plants / "growlab_series"
    photographs = sorted(path for path in series.iterdir() if path.suffix == ".jpg")[:6]
    folder = tmp_path / "few"
    folder.mkdir()
    for path in photographs:
        (folder / path.name).symlink_to(path)
    one = daemon(
        "--speed",
        "3600",
        "--camera",
        f"replay:{folder}",
        "--light",
        "simulated",
        config="[network]\nlisten = false\n[captures]\ninterval_min = 10\nonly_when_lit = false\n",
    )
    answers(one)
    watch = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "sproutcast_pi",
            "watch",
            "--json",
            "--socket",
            one.socket,
            "SELECT * FROM analysis_result ORDER BY id",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: len(one.rows("SELECT 1 FROM capture WHERE state = 'done'")) >= len(photographs))
    wanted = {row[0] for row in one.rows("SELECT id FROM analysis_result")}
    seen = set()
    while not wanted <= seen:
        message = json.loads(watch.stdout.readline())
        seen |= {row["id"] for row in message.get("rows", message.get("insert", []))}
    assert one.stop() == 0
    watch.kill()
    watch.communicate()
    good = one.rows("SELECT id FROM capture WHERE state = 'done' AND quality != 'refused'")
    stored = {row[0] for row in one.rows("SELECT id FROM analysis_result")}
    active = one.rows("SELECT count(*) FROM plant")[0][0]
    assert active >= 1
    assert len(stored) == len(good) * active
    assert wanted
    assert seen <= stored


def test_every_option_of_run_is_checked():
    for options in (["--camera", "hubble"], ["--light", "gpio:x"], ["--speed", "0"], ["--speed", "nan"]):
        done = subprocess.run(
            [sys.executable, "-m", "sproutcast_pi", "run", *options],
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
        )
        assert done.returncode == 1, options
        assert options[0] in done.stderr
        assert "Traceback" not in done.stderr
