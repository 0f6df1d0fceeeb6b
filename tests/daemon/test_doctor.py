"""The doctor looks at the installed device when nothing else is named."""

import json

import pytest

from sproutcast_pi.cli import run
from sproutcast_pi.commands import doctor


def test_an_installed_device_is_looked_at_without_being_named(daemon, monkeypatch, capsys):
    one = daemon()
    client = one.client()
    one.connected(client)
    client.stop()
    broken = one.folder / "broken.toml"
    broken.write_text("[light\n")
    monkeypatch.setattr(doctor, "INSTALLED_DATA", one.folder / "data")
    monkeypatch.setattr(doctor, "INSTALLED_CONFIG", broken)
    monkeypatch.setenv("SPROUTCAST_SOCKET", str(one.socket))
    assert run(["doctor", "--json"]) == 1
    found = {row["part"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert found["config"]["state"] == "bad"
    assert "line 1" in found["config"]["message"]
    assert str(one.socket) in found["daemon"]["message"]
    assert (found["daemon"]["state"], found["network"]["state"], found["disk"]["state"]) == ("ok", "ok", "ok")
    monkeypatch.delenv("SPROUTCAST_SOCKET")
    run(["doctor", "--json", "--data", str(one.folder / "elsewhere")])
    found = {row["part"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert found["daemon"]["state"] == "off"
    assert one.stop() == 0


@pytest.fixture
def mock_pins(monkeypatch, tmp_path):
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")
    return tmp_path


@pytest.mark.parametrize(
    ("light", "state", "words"),
    [
        ("", "ok", "software PWM at 800 Hz, in steps of one percent"),
        ("capture_level = 0.5\n", "warn", "exposures below 125 ms can show the lamp's PWM as stripes"),
        ("pwm_hz = 20000\n", "bad", "too fast for software PWM"),
        ('kind = "relay"\n', "ok", "can be controlled"),
    ],
)
def test_how_the_lamp_is_dimmed_is_said(mock_pins, capsys, light, state, words):
    config = mock_pins / "config.toml"
    config.write_text(f'[light]\noutput = "gpio:18"\n{light}')
    run(["doctor", "--json", "--config", str(config), "--data", str(mock_pins / "data")])
    found = {row["part"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert found["light"]["state"] == state
    assert words in found["light"]["message"]
