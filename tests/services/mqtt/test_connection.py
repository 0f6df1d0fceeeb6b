"""The connection against a real Mosquitto: it connects, comes back, and says in words why it can't."""

import queue
import socket
import ssl
import subprocess
import threading

import msgspec
import pytest

from sproutcast_pi.messages.formatter import english
from sproutcast_pi.services.mqtt.broker import Broker
from sproutcast_pi.services.mqtt.connection import LOST, MqttConnection
from sproutcast_pi.services.mqtt.messages import TopicSubscription, Will
from tests.services.mqtt.helpers import Mosquitto, certificates, needs_mosquitto, reserve_port

pytestmark = needs_mosquitto
WAIT_S = 90


class RecordingConnection:
    """A connection with queues at its callbacks."""

    def __init__(self, port, *, client_id="one", broker=None, **options):
        self.sessions, self.messages, self.links = queue.Queue(), queue.Queue(), queue.Queue()
        given = {"host": "127.0.0.1", "port": port} | (broker or {})
        self.connection = MqttConnection(
            Broker(**given),
            client_id=client_id,
            on_session=self.sessions.put,
            on_message=self.messages.put,
            on_link=self.links.put,
            chance=lambda: 0.5,
            **options,
        )
        self.connection.start()

    def session(self):
        return self.sessions.get(timeout=WAIT_S)

    def message(self):
        return self.messages.get(timeout=WAIT_S)

    def link(self, state):
        """The next link in that state, its texts in English."""
        while (link := self.links.get(timeout=WAIT_S)).state != state:
            pass
        return msgspec.structs.replace(link, message=english(link.message), advice=english(link.advice or ""))


@pytest.fixture
def recorder():
    made = []

    def make(*arguments, **options):
        made.append(RecordingConnection(*arguments, **options))
        return made[-1]

    yield make
    for one in made:
        one.connection.stop()


def publish(recorder, topic, payload, **options):
    answer = queue.Queue()
    assert recorder.connection.publish(topic, payload, acknowledged=answer.put, **options)
    return answer.get(timeout=WAIT_S)


@pytest.mark.parametrize("protocol", ["auto", "5", "3.1.1"])
def test_messages_come_and_go_and_are_acknowledged(mosquitto, recorder, protocol):
    one = recorder(mosquitto.port, broker={"protocol": protocol}, subscriptions=[TopicSubscription(filter="a/#")])
    assert one.session().protocol == ("3.1.1" if protocol == "3.1.1" else "5")
    assert "Connected" in one.link("ok").message
    assert publish(one, "a/b", b"\x00\xff") < 0x80
    message = one.message()
    assert (message.topic, message.payload, message.retained) == ("a/b", b"\x00\xff", False)
    assert publish(one, "a/b", b"kept", retain=True, qos=0) < 0x80
    assert one.message().retained == (protocol != "3.1.1")


def test_what_was_retained_before_is_heard_only_where_wanted(mosquitto, recorder):
    first = recorder(mosquitto.port)
    first.session()
    for topic in ("a", "b", "c"):
        publish(first, topic, b"old", retain=True)
    wanted = [TopicSubscription(filter="a"), TopicSubscription(filter="b", retained=True)]
    second = recorder(mosquitto.port, client_id="two", subscriptions=wanted)
    second.session()
    message = second.message()
    assert (message.topic, message.retained) == ("b", True)
    assert second.messages.empty()


def test_a_broker_restart_heals_by_itself(mosquitto, recorder):
    one = recorder(mosquitto.port, subscriptions=[TopicSubscription(filter="a")])
    one.session()
    mosquitto.kill()
    assert one.link("bad").advice
    assert not one.connection.publish("a", b"nobody is there")
    mosquitto.start()
    one.session()
    one.link("ok")
    publish(one, "a", b"again")
    assert one.message().payload == b"again"


def test_what_was_under_way_is_reported_lost_once(recorder):
    """A broker that takes everything and answers nothing after its CONNACK."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        one = recorder(server.getsockname()[1], broker={"protocol": "3.1.1"})
        peer, _ = server.accept()
        with peer:
            peer.recv(1000)
            peer.sendall(b"\x20\x02\x00\x00")
            one.session()
            answers = queue.Queue()
            for _ in range(5):
                assert one.connection.publish("a", b"x", acknowledged=answers.put)
            assert one.connection.in_flight == 5
        assert [answers.get(timeout=WAIT_S) for _ in range(5)] == [LOST] * 5
        assert one.connection.in_flight == 0


def test_falls_back_where_mqtt_5_is_not_spoken(recorder):
    """NATS answers MQTT 5 with "unacceptable protocol version", others just hang up."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        one = recorder(server.getsockname()[1])
        peer, _ = server.accept()
        with peer:
            assert peer.recv(1000)[8] == 5
            peer.sendall(b"\x20\x02\x00\x01")
        peer, _ = server.accept()
        with peer:
            assert peer.recv(1000)[8] == 4
            peer.sendall(b"\x20\x02\x00\x00")
            assert one.session().protocol == "3.1.1"
        peer, _ = server.accept()
        with peer:
            assert peer.recv(1000)[8] == 4


def test_the_last_will_is_said_when_the_process_is_gone_and_the_farewell_when_it_leaves(mosquitto, recorder):
    listener = recorder(mosquitto.port, client_id="two", subscriptions=[TopicSubscription(filter="here")])
    listener.session()
    one = recorder(mosquitto.port, will=Will(topic="here", payload=b"offline"))
    one.session()
    one.connection._client.socket().shutdown(socket.SHUT_RDWR)
    assert listener.message().payload == b"offline"
    one.session()
    one.connection.stop(farewell=Will(topic="here", payload=b"bye"))
    assert listener.message().payload == b"bye"


def test_two_with_one_client_id_are_told_so_and_not_a_storm(mosquitto, recorder):
    first = recorder(mosquitto.port, client_id="twin")
    first.session()
    second = recorder(mosquitto.port, client_id="twin")
    second.session()
    # Mosquitto before 2.1 just hangs up, so it shows after a few times.
    while "client ID" not in f"{(link := first.link('bad')).message} {link.advice}":
        pass
    assert "client_id in [mqtt]" in link.advice
    sessions = first.sessions.qsize() + second.sessions.qsize()
    assert sessions < 10


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_a_wrong_password_is_named(tmp_path, recorder, protocol):
    passwords = tmp_path / "passwords"
    passwords.write_text("gardener:secret\n")
    subprocess.run(["mosquitto_passwd", "-U", str(passwords)], check=True, capture_output=True)
    broker = Mosquitto(tmp_path / "m", f"allow_anonymous false\npassword_file {passwords}\n")
    broker.start()
    try:
        right = {"user": "gardener", "password": "secret", "protocol": protocol}
        recorder(broker.port, broker=right).session()
        link = recorder(broker.port, broker=right | {"password": "guess"}, client_id="two").link("bad")
        assert "password" in link.advice
        assert "guess" not in link.message + link.advice
    finally:
        broker.kill()


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return certificates(tmp_path_factory.mktemp("keys"))


def tls_broker(tmp_path, keys, extra=""):
    return Mosquitto(
        tmp_path / "m",
        f"allow_anonymous true\ncafile {keys}/ca.pem\ncertfile {keys}/server.pem\nkeyfile {keys}/server.key\n{extra}",
    )


def test_tls_with_client_certificate_and_each_way_it_can_be_wrong(tmp_path, keys, recorder):
    broker = tls_broker(tmp_path, keys, "require_certificate true\n")
    broker.start()
    other = certificates(tmp_path / "other")
    right = {
        "host": "localhost",
        "tls": True,
        "ca_file": str(keys / "ca.pem"),
        "certificate_file": str(keys / "client.pem"),
        "key_file": str(keys / "client.key"),
    }
    try:
        assert "TLS" in recorder(broker.port, broker=right).link("ok").message
        for wrong, expected in (
            ({"ca_file": str(other / "ca.pem")}, "not trusted"),
            ({"ca_file": str(other / "ca.pem")}, f"not signed by the authority in {other}/ca.pem"),
            ({"host": "127.0.0.1"}, "not for"),
            ({"certificate_file": "", "key_file": ""}, "certificate"),
            (
                {"certificate_file": str(other / "client.pem"), "key_file": str(other / "client.key")},
                "certificate",
            ),
            ({"ca_file": "/nowhere.pem"}, "ca_file /nowhere.pem"),
            ({"key_file": str(other / "client.key")}, "belong together"),
            ({"tls": False}, "tls = true"),
        ):
            link = recorder(broker.port, broker=right | wrong, client_id="wrong").link("bad")
            assert expected in f"{link.message} {link.advice}", (wrong, link)
    finally:
        broker.kill()


def test_an_authority_of_the_system_that_python_finds_too_plain_is_named_with_the_remedy(
    tmp_path, keys, recorder, monkeypatch
):
    """Python 3.13 and newer demand extensions of an authority that `openssl req -x509` does not write."""
    broker = tls_broker(tmp_path, keys)
    broker.start()
    try:
        monkeypatch.setenv("SSL_CERT_FILE", str(keys / "ca.pem"))
        one = recorder(broker.port, broker={"host": "localhost", "tls": True})
        if ssl.create_default_context().verify_flags & ssl.VERIFY_X509_STRICT:
            link = one.link("bad")
            assert "key usage" in link.message
            assert "Set ca_file" in link.advice
            one = recorder(broker.port, broker={"host": "localhost", "tls": True, "ca_file": str(keys / "ca.pem")})
        assert "TLS" in one.link("ok").message
    finally:
        broker.kill()


def test_tls_at_a_plain_port_is_named(mosquitto, recorder):
    link = recorder(mosquitto.port, broker={"tls": True}).link("bad")
    assert "TLS" in link.message


def test_nobody_there_and_no_such_name(recorder):
    with reserve_port() as closed:
        assert "port is closed" in recorder(closed.getsockname()[1]).link("bad").message
    assert (
        'no host named "no-such-broker.invalid"'
        in recorder(1883, broker={"host": "no-such-broker.invalid"}).link("bad").message
    )


def test_a_broker_that_never_answers_does_not_hold_us(recorder):
    with socket.create_server(("127.0.0.1", 0)) as server:
        one = recorder(server.getsockname()[1])
        peer, _ = server.accept()
        with peer:
            assert "does not answer" in one.link("bad").message


@pytest.mark.parametrize("noise", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x20\xff\xff\xff\xff", b"\x00" * 64])
def test_a_broker_that_talks_nonsense_is_survived(recorder, noise):
    with socket.create_server(("127.0.0.1", 0)) as server:
        one = recorder(server.getsockname()[1])
        peer, _ = server.accept()
        with peer:
            peer.sendall(noise)
        one.link("bad")
        peer, _ = server.accept()
        peer.close()


def test_told_to_stop_before_the_broker_took_it_in_it_hangs_up(recorder):
    with socket.create_server(("127.0.0.1", 0)) as server:
        one = recorder(server.getsockname()[1], broker={"protocol": "3.1.1"})
        peer, _ = server.accept()
        with peer:
            peer.settimeout(WAIT_S)
            assert peer.recv(1000)
            one.connection.stop(farewell=Will(topic="here", payload=b"bye"))
            peer.sendall(b"\x20\x02\x00\x00")
            while output := peer.recv(1000):
                assert b"bye" not in output
    assert one.link("off")
    assert one.sessions.qsize() <= 1


def test_a_thread_per_connection_and_none_after_stop(mosquitto, recorder):
    one = recorder(mosquitto.port, client_id="counted")
    one.session()
    one.connection.stop()
    assert one.link("off")
    assert "mqtt counted" not in [thread.name for thread in threading.enumerate() if thread.is_alive()]


def test_a_thousand_messages_from_two_threads_arrive_whole_and_in_order(mosquitto, recorder):
    listener = recorder(mosquitto.port, client_id="two", subscriptions=[TopicSubscription(filter="n/#")])
    listener.session()
    one = recorder(mosquitto.port)
    one.session()

    def publish_all(who):
        for number in range(500):
            assert one.connection.publish(f"n/{who}", b"%d " % number + b"x" * 300)

    threads = [threading.Thread(target=publish_all, args=(who,)) for who in "ab"]
    for thread in threads:
        thread.start()
    got = {"n/a": [], "n/b": []}
    for _ in range(1000):
        message = listener.message()
        got[message.topic].append(int(message.payload.split(b" ")[0]))
    assert got == {"n/a": list(range(500)), "n/b": list(range(500))}
