"""The doctor looks at the installed device when nothing else is named."""

import json

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
