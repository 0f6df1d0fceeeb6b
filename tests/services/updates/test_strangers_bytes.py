"""What strangers put on a stick or at an address: bounded memory and time, and always an answer."""

import io
import os
import resource
import socket
import tarfile
import threading

import pytest

from sproutcast_pi.services.updates import download_helper
from sproutcast_pi.services.updates.bundle import Bundle, UpdateError
from sproutcast_pi.services.updates.download_helper import downloaded, serve_download
from sproutcast_pi.services.updates.sources import find_update
from sproutcast_pi.services.updates.tar_stream import TarStream, TarStreamError
from tests.services.updates.helpers import make_bundle, make_key


class Zeros(io.RawIOBase):
    """A header, then zeros without end."""

    def __init__(self, head):
        super().__init__()
        self.head, self.served = head, 0

    def readable(self):
        return True

    def read(self, size=-1):
        assert 0 <= size <= 1 << 20
        data, self.head = self.head[:size], self.head[size:]
        self.served += size
        return data + bytes(size - len(data))


def header(name="manifest.json", *, size=10, kind=tarfile.REGTYPE):
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    return info.tobuf(tarfile.USTAR_FORMAT)


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    make_key(folder)
    return folder


@pytest.mark.parametrize(
    "head",
    [
        header("x", size=1 << 30, kind=tarfile.XHDTYPE),
        header("x", size=1 << 30, kind=tarfile.GNUTYPE_LONGNAME),
        header("x", size=100, kind=tarfile.XGLTYPE) * 20_000,
        header(size=1 << 32),
        header(kind=tarfile.SYMTYPE),
        b"\xff" * 512,
        b"",
    ],
)
def test_headers_of_any_size_and_number_are_refused_in_little_memory(keys, head):
    stream = Zeros(head)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UpdateError, match="not an update"):
        Bundle(stream, "b.sproutcast", keys / "public")
    assert stream.served < 1_000_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_any_number_of_small_files_ends():
    archive = TarStream(Zeros(header(size=0) * 100))
    with pytest.raises(TarStreamError, match="more than 16"):
        list(iter(archive.next_member, None))


class TestStick:
    def found(self, stick, keys):
        def mount(device, _options):
            return _Mounted(device)

        with find_update("", keys / "public", fetch=None, sticks=[stick], mount=mount) as update:
            return update

    def test_pipes_links_and_folders_are_passed_over(self, tmp_path, keys):
        os.mkfifo(tmp_path / "a.sproutcast")
        (tmp_path / "b.sproutcast").symlink_to("/dev/zero")
        (tmp_path / "c.sproutcast").mkdir()
        good = make_bundle(tmp_path / "d.tar", keys / "private")
        good.rename(tmp_path / "d.sproutcast")
        assert self.found(tmp_path, keys).bundle.manifest.version == "0.2.0"

    def test_names_no_text_can_hold_and_many_bad_ones_are_a_short_sentence(self, tmp_path, keys):
        for number in range(25):
            name = f"bad\x1b[31m{number}\n".encode() + b"\xff.sproutcast"
            (tmp_path / os.fsdecode(name)).write_bytes(b"x" * 2000)
        with pytest.raises(UpdateError) as refused:
            self.found(tmp_path, keys)
        message = str(refused.value)
        message.encode()
        assert message.isprintable()
        assert len(message) < 700
        assert "22 more" in message


class _Mounted:
    def __init__(self, place):
        self.place = place

    def __enter__(self):
        return self.place

    def __exit__(self, *_):
        return None


@pytest.mark.parametrize("target", ["ftp://127.0.0.1/x", "file:///etc/passwd", "data:,x", "gopher://x"])
def test_a_redirection_leads_nowhere_but_the_web(target):
    answer = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            line, _ = server.accept()
            with line:
                line.recv(4096)
                line.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        out = io.BytesIO()
        serve_download(io.BytesIO(f"http://127.0.0.1:{server.getsockname()[1]}/u\n".encode()), out)
        thread.join()
    assert not out.getvalue().startswith(b"ok")
    assert b"updates.not_downloaded" in out.getvalue()


def test_a_sender_that_drips_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr(download_helper, "GRACE_S", 0.3)
    socket_path = tmp_path / "fetch.sock"
    stop = threading.Event()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(socket_path))
        server.listen()

        def drip():
            line, _ = server.accept()
            with line:
                line.sendall(b"ok\n")
                while not stop.wait(0.02):
                    try:
                        line.sendall(b"x")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            with downloaded("http://x", socket_path) as stream, pytest.raises(TimeoutError):
                list(iter(lambda: stream.read(1000), b""))
        finally:
            stop.set()
            thread.join()
