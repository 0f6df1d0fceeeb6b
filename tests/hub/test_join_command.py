"""`sproutcast hub join`: the device knows its own id, and begins to sync."""

from sproutcast_pi.app.identity import device_id
from sproutcast_pi.cli import run
from tests.hub.helpers import Hub, broker_at
from tests.hub.test_pairing import OpenPairingServer
from tests.services.mqtt.helpers import needs_mosquitto

pytestmark = needs_mosquitto


def test_a_device_joins_under_its_own_id(tmp_path, mosquitto, capsys):
    hub = Hub(tmp_path / "hub", mosquitto.port, enrol=False, broker=broker_at(mosquitto.port))
    door = OpenPairingServer(hub, tmp_path / "hub", mosquitto.port)
    data = tmp_path / "data"
    try:
        code = door.registry.invite().code
        assert run(["hub", "join", door.url, code, "--name", "Kitchen", "--data", str(data)]) == 0
        own = device_id(data, None)
        assert hub.store.query("SELECT id, name FROM device") == [{"id": own, "name": "Kitchen"}]
        said = capsys.readouterr().out
        assert own in said
        assert "No daemon answers here" in said
        run(["doctor", "--data", str(data), "--camera", "simulated"])
        assert own in capsys.readouterr().out
    finally:
        door.close()
        hub.close()
