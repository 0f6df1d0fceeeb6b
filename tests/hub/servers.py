"""Real NATS, RabbitMQ and PostgreSQL for tests: on loopback, on ports of their own; killed hard and started again."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.services.mqtt.helpers import Mosquitto, free_port
from tests.waiting import wait_until

ROOT = Path(__file__).parents[2] / ".cache" / "brokers"
"""Debian packages of the newest brokers, unpacked by `install_brokers`."""
NATS = ROOT / "usr/sbin/nats-server"
RABBIT = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
"""Inside the unpacked system."""
POSTGRES = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)

needs_postgres = pytest.mark.skipif(POSTGRES is None, reason="PostgreSQL is not installed; `make test` installs it")
needs_nats = pytest.mark.skipif(not NATS.exists(), reason="NATS is not there; `make test` fetches it")
needs_rabbit = pytest.mark.skipif(
    not (ROOT / str(RABBIT).lstrip("/")).exists(), reason="RabbitMQ is not there; `make test` fetches it"
)


def wait_for_port(port: int, seconds: float, alive) -> None:
    def listens():
        assert alive(), "the server ended by itself"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        return False

    wait_until(listens, seconds, state=lambda: f"nothing listens on {port}")


class Server:
    """A program in its own process group."""

    patience_s = 60.0

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return dict(os.environ)

    def start(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, start_new_session=True, env=self.environment()
            )
        wait_for_port(self.port, self.patience_s, self._alive)

    def _alive(self) -> bool:
        """Whether the program runs; one that ended fails the test with what it logged last."""
        code = self._process.poll()
        assert code is None, f"it ended with {code}: {(self.folder / 'server.log').read_text()[-2000:]}"
        return True

    def kill(self) -> None:
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(60)
            self._process = None

    def remove(self) -> None:
        self.kill()


class Nats(Server):
    """NATS with JetStream, which is where its MQTT sessions and messages are kept."""

    def __init__(self, folder: Path, rules: str = "") -> None:
        super().__init__(folder)
        self.rules = rules
        self.client_port = free_port()

    def command(self):
        (self.folder / "nats.conf").write_text(
            f"server_name: test\nlisten: 127.0.0.1:{self.client_port}\n"
            f'jetstream {{ store_dir: "{self.folder}/jetstream", max_mem: 64M, max_file: 4G, sync_interval: always }}\n'
            f"mqtt {{ listen: 127.0.0.1:{self.port} }}\n{self.rules}"
        )
        return [str(NATS), "-c", str(self.folder / "nats.conf")]

    def start(self) -> None:
        super().start()
        # The MQTT port is open a moment before JetStream has recovered; sessions are refused until then.


class Rabbit(Server):
    """RabbitMQ with its MQTT plugin, inside the unpacked system."""

    patience_s = 60.0

    def __init__(self, folder: Path, definitions: Path | None = None) -> None:
        super().__init__(folder)
        self.definitions = definitions
        self.inside = ROOT / "srv" / f"rabbit-{secrets.token_hex(4)}"
        self.inside.mkdir(parents=True)
        self._distribution = free_port()

    def command(self):
        (self.inside / "rabbitmq.conf").write_text(
            f"listeners.tcp = none\nmqtt.listeners.tcp.1 = 127.0.0.1:{self.port}\n"
            "log.console = true\nlog.file = false\n" + self._auth_config()
        )
        (self.inside / "plugins").write_text("[rabbitmq_mqtt].\n")
        # It reads its memory from /proc; mounts of its own namespace go away with it.
        mounts = " && ".join(f"mount --rbind /{name} {ROOT}/{name}" for name in ("dev", "proc"))
        root = [] if os.geteuid() == 0 else ["--map-root-user"]
        return ["unshare", "--mount", *root, "sh", "-c", f"{mounts} && exec chroot {ROOT} {RABBIT}"]

    def _auth_config(self) -> str:
        """Who may come in: everybody, or whom the definitions name."""
        if self.definitions is None:
            return "mqtt.allow_anonymous = true\nanonymous_login_user = guest\nanonymous_login_pass = guest\n"
        shutil.copy(self.definitions, self.inside / "definitions.json")
        return f"mqtt.allow_anonymous = false\nload_definitions = /srv/{self.inside.name}/definitions.json\n"

    def environment(self):
        inside = f"/srv/{self.inside.name}"
        return {
            "HOME": inside,
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "RABBITMQ_MNESIA_BASE": f"{inside}/data",
            "RABBITMQ_LOG_BASE": f"{inside}/log",
            "RABBITMQ_CONFIG_FILE": f"{inside}/rabbitmq.conf",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{inside}/plugins",
            "RABBITMQ_PID_FILE": f"{inside}/pid",
            "RABBITMQ_NODENAME": "rabbit@localhost",
            "RABBITMQ_DIST_PORT": str(self._distribution),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"-start_epmd false -erl_epmd_port {self._distribution} "
            "-kernel inet_dist_use_interface {127,0,0,1}",
        }

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self.inside, ignore_errors=True)


class Postgres(Server):
    """PostgreSQL with an empty database of its own; where we are root, which it refuses, it runs as user postgres."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.data = Path("/tmp") / f"sproutcast-postgres-{secrets.token_hex(4)}"
        self.data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(self.data, "postgres", "postgres")
        options = ("-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "--no-sync")
        initialise = self._unprivileged("initdb", "-D", str(self.data), *options)
        subprocess.run(initialise, check=True, capture_output=True, cwd="/tmp")
        self.url = self.database("postgres")

    def database(self, name: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def _unprivileged(self, program: str, *arguments: str) -> list[str]:
        command = [str(POSTGRES / program), *arguments]
        return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command

    def command(self):
        # A killed server leaves this behind; another program may have its number by now.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        where = ("-h", "127.0.0.1", "-p", str(self.port), "-k", str(self.data))
        return self._unprivileged("postgres", "-D", str(self.data), *where)

    def start(self) -> None:
        super().start()
        asked = [str(POSTGRES / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]

        def is_ready():
            assert self._process.poll() is None, "the server ended by itself"
            return subprocess.run(asked, check=False).returncode == 0

        wait_until(is_ready)

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self.data, ignore_errors=True)


class KillableMosquitto(Mosquitto):
    """Mosquitto as Debian sets it up: sessions are kept, but written down only now and then."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, f"allow_anonymous true\npersistence true\npersistence_location {folder}/\n")

    def remove(self) -> None:
        self.kill()


BROKERS = {"mosquitto": KillableMosquitto, "nats": Nats, "rabbitmq": Rabbit}
