"""`sproutcast hub invite` and `hub forget`, typed as an owner types them, beside a running hub."""

import subprocess
import sys

import pytest

from tests.services.mqtt.helpers import needs_mosquitto

pytestmark = needs_mosquitto
ONE = "spr-000000000001"


def sproutcast(*words):
    return subprocess.run(
        [sys.executable, "-m", "sproutcast_pi", "hub", *words], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture
def config(tmp_path, mosquitto):
    path = tmp_path / "hub.toml"
    path.write_text(f'data = "{tmp_path / "hub"}"\n[broker]\nhost = "127.0.0.1"\nport = {mosquitto.port}\n')
    return path


@pytest.fixture
def hub(config, mosquitto):
    process = subprocess.Popen(
        [sys.executable, "-m", "sproutcast_pi", "hub", "run", "--config", str(config)],
        stderr=subprocess.PIPE,
        text=True,
    )
    socket = config.parent / "hub" / "hub.sock"
    while not socket.exists():
        assert process.poll() is None, process.stderr.read()
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
    yield socket
    process.terminate()
    process.communicate(timeout=60)


def test_a_device_is_invited_and_removed_by_command(hub, config):
    for _ in range(3):
        made = sproutcast("invite", "--config", str(config))
        assert (made.returncode, made.stderr) == (0, "")
        assert "valid until" in made.stdout
    again = sproutcast("invite", "--device", ONE, "--config", str(config))
    assert again.returncode == 0, again.stderr
    gone = sproutcast("forget", ONE, "--config", str(config))
    assert gone.returncode != 0
    assert f'There is no device "{ONE}"' in gone.stderr


@pytest.mark.parametrize("device", ["sproutcast-hub", "spr-01", ONE + "\n"])
def test_what_is_no_device_id_is_refused_by_name(hub, config, device):
    done = sproutcast("invite", "--device", device, "--config", str(config))
    assert done.returncode != 0
    assert "is not a device id: spr- and twelve digits" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_hub_is_a_sentence(config):
    done = sproutcast("invite", "--config", str(config))
    assert done.returncode != 0
    assert "No hub is running" in done.stderr
