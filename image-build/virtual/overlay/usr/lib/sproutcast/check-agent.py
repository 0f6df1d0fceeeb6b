"""Remote shell for the image checks: one JSON object per line in, one out. Only in the virtual image."""

import io
import json
import os
import subprocess
import tty
from pathlib import Path

PORT_ARGUMENT = "sproutcast.check"
USUAL_PORT = "virtio-ports/org.sproutcast.check"


def port() -> Path:
    """Path of the port to the host, from the kernel argument `sproutcast.check` or `sproutcast.check=DEVICE`."""
    for word in Path("/proc/cmdline").read_text().split():
        name, _, device = word.partition("=")
        if name == PORT_ARGUMENT:
            return Path("/dev") / (device or USUAL_PORT)
    return Path("/dev") / USUAL_PORT


def answer(line: bytes) -> dict[str, object]:
    """Run a command of the host; returns exit status and output."""
    request = json.loads(line)
    try:
        done = subprocess.run(
            ["/bin/sh", "-c", request["run"]], capture_output=True, timeout=request.get("within", 60), check=False
        )
    except subprocess.TimeoutExpired:
        return {"id": request["id"], "code": 124, "out": "", "err": "took too long"}
    return {
        "id": request["id"],
        "code": done.returncode,
        "out": done.stdout.decode(errors="replace"),
        "err": done.stderr.decode(errors="replace")[-4000:],
    }


def send(line: io.FileIO, message: dict[str, object]) -> None:
    """Write a message completely: the port accepts at most 32 kB at once."""
    left = json.dumps(message).encode() + b"\n"
    while left:
        left = left[line.write(left) :]


def main() -> None:
    """Serve requests until the system stops."""
    with port().open("r+b", buffering=0) as line:
        if os.isatty(line.fileno()):
            tty.setraw(line.fileno())
        waiting = b""
        line.write(b"\n")
        send(line, {"hello": 1})
        while True:
            waiting += line.read(65536) or b""
            while b"\n" in waiting:
                request, waiting = waiting.split(b"\n", 1)
                if request.strip():
                    send(line, answer(request))


main()
