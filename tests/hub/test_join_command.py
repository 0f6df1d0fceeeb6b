"""`sproutcast hub join`: the device knows its own id, and begins to sync."""

import os

import pytest

from sproutcast_pi.app.identity import device_id
from sproutcast_pi.cli import run
from tests.hub.helpers import Hub, broker_at
from tests.hub.test_pairing import OpenPairingServer
from tests.services.mqtt.helpers import needs_mosquitto

pytestmark = needs_mosquitto


def test_a_device_joins_under_its_own_id(tmp_path, mosquitto, capsys):
    hub = Hub(tmp_path / "hub", mosquitto.port, enrol=False, broker=broker_at(mosquitto.port))
    server = OpenPairingServer(hub, tmp_path / "hub", mosquitto.port)
    data = tmp_path / "data"
    try:
        code = server.registry.invite().code
        assert run(["hub", "join", server.url, code, "--name", "Kitchen", "--data", str(data)]) == 0
        own = device_id(data, None)
        assert hub.store.query("SELECT id, name FROM device") == [{"id": own, "name": "Kitchen"}]
        output = capsys.readouterr().out
        assert own in output
        assert "No daemon answers here" in output
        run(["doctor", "--data", str(data), "--camera", "simulated"])
        assert own in capsys.readouterr().out
    finally:
        server.close()
        hub.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can leave files that are not the daemon's")
def test_joining_as_root_leaves_the_daemon_its_files(tmp_path, mosquitto):
    hub = Hub(tmp_path / "hub", mosquitto.port, enrol=False, broker=broker_at(mosquitto.port))
    server = OpenPairingServer(hub, tmp_path / "hub", mosquitto.port)
    data = tmp_path / "data"
    data.mkdir()
    os.chown(data, 4321, 4321)
    try:
        assert run(["hub", "join", server.url, server.registry.invite().code, "--data", str(data)]) == 0
        left = [data, *data.rglob("*")]
        assert (data / "sync" / "hub.json") in left
        assert {(path.stat().st_uid, path.stat().st_gid) for path in left} == {(4321, 4321)}
    finally:
        server.close()
        hub.close()
