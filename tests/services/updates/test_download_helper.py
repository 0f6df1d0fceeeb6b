"""An update from an address: a program of its own fetches it, and the worst it can do is to bring nothing good."""

import contextlib
import functools
import http.server
import os
import queue
import socket
import subprocess
import sys
import threading

import pytest

from sproutcast_pi.services.updates import download_helper
from sproutcast_pi.services.updates.bundle import UpdateError
from sproutcast_pi.services.updates.download_helper import downloaded
from sproutcast_pi.services.updates.sources import find_update
from tests.services.updates.helpers import make_bundle

PATIENCE_S = 90.0
US = (sys.executable, "-m", "sproutcast_pi", "deputy", "--fetch")


@pytest.fixture
def web(tmp_path):
    class Web:
        folder = tmp_path / "web"

    Web.folder.mkdir()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=Web.folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        Web.url = f"http://127.0.0.1:{server.server_port}"
        yield Web
        server.shutdown()


@pytest.fixture
def downloader(tmp_path):
    """A socket behind which a program is started for whoever connects, as systemd does it."""

    class Downloader:
        path = tmp_path / "fetch.sock"

        def __init__(self):
            self.command = US
            self.programs = queue.SimpleQueue()

        def ends(self, count):
            """How the next so many programs end."""
            return [self.programs.get(timeout=PATIENCE_S).wait(PATIENCE_S) for _ in range(count)]

    downloader = Downloader()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(downloader.path))
        listening.listen()

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    line = listening.accept()[0]
                    with line:
                        downloader.programs.put(
                            subprocess.Popen(downloader.command, stdin=line, stdout=line, env=os.environ)
                        )

        thread = threading.Thread(target=serve)
        thread.start()
        yield downloader
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()
    downloader.ends(downloader.programs.qsize())


def looked_up(url, downloader, keys):
    return find_update(url, keys / "public", fetch=lambda address: downloaded(address, downloader.path))


def test_what_is_at_the_address_comes_through_the_door(tmp_path, keys, web, downloader):
    made = make_bundle(web.folder / "new.sproutcast", keys / "private")
    with looked_up(f"{web.url}/new.sproutcast", downloader, keys) as found:
        assert (found.source, found.bundle.manifest.version) == ("url", "0.2.0")
        targets = {name: tmp_path / name for name in ("boot", "system")}
        for target in targets.values():
            target.write_bytes(bytes(400_000))
        found.bundle.write(targets)
    with downloaded(f"{web.url}/new.sproutcast", downloader.path) as stream:
        assert stream.read() == made.read_bytes()
    assert downloader.ends(2) == [0, 0]


def test_a_look_at_the_first_bytes_alone_ends_the_program(web, downloader):
    (web.folder / "long").write_bytes(bytes(50_000_000))
    with downloaded(f"{web.url}/long", downloader.path) as stream:
        assert stream.read(10) == bytes(10)
    assert downloader.ends(1) == [0]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("{web}/nowhere", "404"),
        ("http://127.0.0.1:9/x", "refused"),
        ("file:///etc/passwd", "only http and https"),
        ("", "only http and https"),
        ("http://[", "could not be downloaded"),
    ],
)
def test_an_address_that_brings_nothing_is_refused_with_the_reason(web, downloader, address, reason):
    with (
        pytest.raises(UpdateError, match="could not be downloaded") as refused,
        downloaded(address.format(web=web.url), downloader.path),
    ):
        pass
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("pass", "could not be downloaded"),
        ("input(); print('\\0' * 10**6)", "\0"),
        ("input(); print('ok'); print('no update')", "is not an update"),
    ],
)
def test_a_program_gone_wrong_can_only_bring_nothing(keys, downloader, program, reason):
    downloader.command = (sys.executable, "-c", program)
    with pytest.raises(UpdateError) as refused, looked_up("http://127.0.0.1/x", downloader, keys):
        pass
    assert reason in str(refused.value)


def test_a_silent_program_and_a_closed_door_are_told(tmp_path, downloader, monkeypatch):
    monkeypatch.setattr(download_helper, "SOCKET_TIMEOUT_S", 0.2)
    downloader.command = (sys.executable, "-c", "import sys; sys.stdin.read()")
    for path, reason in ((downloader.path, "timed out"), (tmp_path / "nowhere", "No such file")):
        with pytest.raises(UpdateError, match=reason), downloaded("http://127.0.0.1/x", path):
            pass


def test_a_download_that_breaks_off_is_not_written(tmp_path, keys, web, downloader):
    whole = make_bundle(tmp_path / "whole.sproutcast", keys / "private").read_bytes()
    (web.folder / "half.sproutcast").write_bytes(whole[:4000])
    with (
        looked_up(f"{web.url}/half.sproutcast", downloader, keys) as found,
        pytest.raises(UpdateError, match=r"not written|early"),
    ):
        found.bundle.write({name: tmp_path / name for name in ("boot", "system")})
