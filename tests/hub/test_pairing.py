"""A code lets one device in, once; the broker then keeps every device to its own topics."""

import contextlib
import shutil
import stat
import threading

import pytest

from sproutcast_pi.config.settings import MqttOptions
from sproutcast_pi.errors import RefusedError, SproutcastError
from sproutcast_pi.hub.device_registry import StoreRegistry
from sproutcast_pi.hub.pairing_server import PairingServer
from sproutcast_pi.hub.settings import HubSettings
from sproutcast_pi.hub.settings import PairingServerOptions as ServerOptions
from sproutcast_pi.protocol.enrolment import EnrolmentRequest
from sproutcast_pi.services.sync.enrolment import enrol, enrolled_broker
from sproutcast_pi.simulated.clocks import FakeClock
from tests.hub.helpers import Device, Hub, broker_at
from tests.hub.servers import Nats, Rabbit, needs_nats, needs_rabbit
from tests.services.mqtt.helpers import Mosquitto, needs_mosquitto
from tests.waiting import wait_until


class OpenPairingServer:
    """A hub's pairing server, started."""

    def __init__(self, hub, folder, port):
        self.rules = folder / "rules"
        self.registry = StoreRegistry(hub.store)
        settings = HubSettings(
            data=str(folder),
            broker=MqttOptions(host="127.0.0.1", port=port, user="sproutcast-hub", password="of the hub"),
            pairing=ServerOptions(port=0),
        )
        # Its minute of tries never ends, however slow the machine is.
        self.server = PairingServer(self.registry, settings, FakeClock())
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.server.run, args=(self._stop,))
        self._thread.start()
        assert self.server.ready.wait(60)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.port}"

    def close(self):
        self._stop.set()
        self._thread.join(60)


@pytest.fixture
def closed_hub(tmp_path):
    """A hub that takes paired devices only; its broker's port is known before the broker runs."""
    broker = Mosquitto(tmp_path / "broker")
    hub = Hub(
        tmp_path / "hub",
        broker.port,
        enrol=False,
        broker=broker_at(broker.port, user="sproutcast-hub", password="of the hub"),
    )
    server = OpenPairingServer(hub, tmp_path / "hub", broker.port)
    yield hub, server, broker
    server.close()
    hub.close()
    broker.kill()


def test_a_code_lets_one_device_in_once(closed_hub, tmp_path):
    hub, server = closed_hub[:2]
    code = server.registry.invite().code
    joined = enrol(server.url, code.lower(), device="spr-000000000001", name="Kitchen", folder=tmp_path / "one")
    assert joined.user == "spr-000000000001"
    assert len(joined.password) == 32
    assert enrolled_broker(tmp_path / "one")[0].password == joined.password
    assert stat.S_IMODE((tmp_path / "one" / "hub.json").stat().st_mode) == 0o600
    assert hub.store.query("SELECT name, state FROM device") == [{"name": "Kitchen", "state": "paired"}]
    with pytest.raises(SproutcastError, match="not valid"):
        enrol(server.url, code, device="spr-000000000002", name="Thief", folder=tmp_path / "two")


def test_codes_can_not_be_tried_in_a_row(closed_hub, tmp_path):
    server = closed_hub[1]
    for _ in range(10):
        with pytest.raises(SproutcastError, match="not valid"):
            enrol(server.url, "AAAA-AAAA", device="spr-000000000002", name="Thief", folder=tmp_path)
    with pytest.raises(SproutcastError, match="wait a minute"):
        enrol(server.url, server.registry.invite().code, device="spr-000000000002", name="Thief", folder=tmp_path)


@pytest.mark.parametrize(
    "device",
    [
        "sproutcast-hub",
        "spr-000000000001\n",
        "spr-00000000000G",
        "spr-01",
        "SPR-000000000001",
        "spr-x/../+#",
        "spr-" + "\N{ARABIC-INDIC DIGIT ZERO}" * 12,
    ],
)
def test_only_a_device_id_can_be_paired(closed_hub, tmp_path, device):
    server = closed_hub[1]
    code = server.registry.invite().code
    with pytest.raises(SproutcastError, match="device"):
        enrol(server.url, code, device=device, name="Thief", folder=tmp_path / "thief")
    assert [one.name for one in server.registry.credentials()] == []
    enrol(server.url, code, device="spr-000000000001", name="Kitchen", folder=tmp_path / "good")


def test_a_code_for_anybody_never_replaces_a_paired_device(closed_hub, tmp_path):
    server = closed_hub[1]
    one = "spr-000000000001"
    enrol(server.url, server.registry.invite().code, device=one, name="Kitchen", folder=tmp_path / "one")
    before = server.registry.credentials()
    code = server.registry.invite().code
    with pytest.raises(SproutcastError, match=f"hub invite --device {one}"):
        enrol(server.url, code, device=one, name="Thief", folder=tmp_path / "thief")
    assert server.registry.credentials() == before
    enrol(
        server.url, code, device="spr-000000000002", name="Attic", folder=tmp_path / "two"
    )  # the code was not used up
    own = server.registry.invite(one).code
    with pytest.raises(SproutcastError, match=f"only for {one}"):
        enrol(server.url, own, device="spr-000000000003", name="Thief", folder=tmp_path / "thief")
    enrol(server.url, own, device=one, name="Kitchen", folder=tmp_path / "again")
    assert server.registry.credentials() != before


def test_one_address_does_not_use_up_the_tries_of_another(closed_hub):
    server = closed_hub[1].server
    wrong = EnrolmentRequest(code="AAAAAAAA", device="spr-000000000002", name="Thief")
    for _ in range(10):
        with pytest.raises(RefusedError, match="not valid"):
            server.pair(wrong, "192.0.2.1")
    with pytest.raises(RefusedError, match="wait a minute"):
        server.pair(wrong, "192.0.2.1")
    with pytest.raises(RefusedError, match="not valid"):
        server.pair(wrong, "192.0.2.2")


def test_all_addresses_together_are_limited_too(closed_hub):
    server = closed_hub[1].server
    wrong = EnrolmentRequest(code="AAAAAAAA", device="spr-000000000002", name="Thief")
    for number in range(300):
        with pytest.raises(RefusedError, match="not valid"):
            server.pair(wrong, f"2001:db8::{number:x}")
    with pytest.raises(RefusedError, match="wait a minute"):
        server.pair(wrong, "192.0.2.3")


def test_no_secret_is_kept_in_the_clear(closed_hub, tmp_path):
    server = closed_hub[1]
    code = server.registry.invite().code
    joined = enrol(server.url, code, device="spr-000000000001", name="Kitchen", folder=tmp_path / "one")
    everything = b"".join(path.read_bytes() for path in (tmp_path / "hub").rglob("*") if path.is_file())
    assert joined.password.encode() not in everything
    assert code.encode() not in everything


def paired(server, tmp_path, name):
    folder = tmp_path / name
    enrol(server.url, server.registry.invite().code, device=name, name=name, folder=folder)
    return enrolled_broker(folder)[0]


def check_own_topics_only(hub, good, liar):
    """`good` arrives; `liar` has good credentials but publishes in another device's name, and is refused."""
    good.call("create_plant", name="Basil")
    liar.call("create_plant", name="Forged")
    good.start()
    liar.start()
    hub.start()
    hub.until(
        "SELECT * FROM plant",
        lambda rows: [(row["device"], row["name"]) for row in rows] == [("spr-000000000001", "Basil")],
    )
    good.call("create_plant", name="Mint")
    hub.until("SELECT * FROM plant", lambda rows: sorted(row["name"] for row in rows) == ["Basil", "Mint"])


@needs_mosquitto
def test_a_forgotten_device_is_out_at_once(closed_hub, tmp_path):
    hub, server, broker = closed_hub
    broker.start()
    one, two = (paired(server, tmp_path, name) for name in ("spr-000000000001", "spr-000000000002"))
    device = Device(tmp_path / "device", broker.port, name="spr-000000000001")
    device.call("create_plant", name="Basil")
    device.start()
    hub.start()
    try:
        hub.until("SELECT * FROM plant", len)
        watched = server.registry.on_removed(server.server.refresh_acl)
        server.registry.remove("spr-000000000001")
        device.call("create_plant", name="Mint")
        assert "not paired" in device.await_health("bad")["message"]
        assert hub.store.query("SELECT * FROM plant") == []
        for rules in (server.rules / "mosquitto.acl", server.rules / "rabbitmq.json"):
            wait_until(lambda rules=rules: one.user not in rules.read_text())
            assert two.user in rules.read_text()
    finally:
        watched.close()
        device.close()


@needs_mosquitto
def test_mosquitto_keeps_a_device_to_its_own_topics(closed_hub, tmp_path):
    hub, server, broker = closed_hub
    one, two, _ = (
        paired(server, tmp_path, name) for name in ("spr-000000000001", "spr-000000000002", "spr-000000000003")
    )
    for name in ("mosquitto.passwords", "mosquitto.acl"):
        shutil.copy(server.rules / name, broker.folder / name)
    broker.rules = (
        f"allow_anonymous false\npassword_file {broker.folder}/mosquitto.passwords\n"
        f"acl_file {broker.folder}/mosquitto.acl\n"
    )
    broker.start()
    good = Device(tmp_path / "good", 0, name="spr-000000000001", broker=one)
    # The second device's credentials, and the name of a third that is paired too.
    liar = Device(tmp_path / "liar", 0, name="spr-000000000003", broker=two)
    try:
        check_own_topics_only(hub, good, liar)
    finally:
        good.close()
        liar.close()


def check_rules(broker, tmp_path, install):
    """Pair three devices, have `install` put the rules into the broker, and see that they hold."""
    hub = Hub(
        tmp_path / "hub",
        broker.port,
        enrol=False,
        broker=broker_at(broker.port, user="sproutcast-hub", password="of the hub", protocol="3.1.1"),
    )
    with contextlib.ExitStack() as stack:
        stack.callback(broker.remove)
        stack.callback(hub.close)
        server = OpenPairingServer(hub, tmp_path / "hub", broker.port)
        stack.callback(server.close)
        one, two, _ = (
            paired(server, tmp_path, name) for name in ("spr-000000000001", "spr-000000000002", "spr-000000000003")
        )
        install(server.rules)
        broker.start()
        good = Device(tmp_path / "good", 0, name="spr-000000000001", broker=one)
        stack.callback(good.close)
        liar = Device(tmp_path / "liar", 0, name="spr-000000000003", broker=two)
        stack.callback(liar.close)
        check_own_topics_only(hub, good, liar)


@needs_nats
def test_nats_keeps_a_device_to_its_own_topics(tmp_path):
    broker = Nats(tmp_path / "nats", 'include "./rules.conf"\n')
    check_rules(broker, tmp_path, lambda rules: shutil.copy(rules / "nats.conf", broker.folder / "rules.conf"))


@needs_rabbit
def test_rabbitmq_keeps_a_device_to_its_own_topics(tmp_path):
    broker = Rabbit(tmp_path / "rabbit")

    def install(rules):
        broker.definitions = rules / "rabbitmq.json"

    check_rules(broker, tmp_path, install)
