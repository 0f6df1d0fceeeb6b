"""Many simulated devices in one process and thread: connections, rows and answers, without a store.

Commands on stdin: `calm` (each writes a row now and then), `flood` (each sends as fast as the hub answers), `rest`.
"""

from __future__ import annotations

import os
import selectors
import sys
import time
from datetime import UTC, datetime

from paho.mqtt import client as paho

from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.protocol.sync import (
    Batch,
    Committed,
    RowChange,
    SequenceGap,
    SyncTransaction,
    answers_topic,
    decode_hub_message,
    encode,
    rows_topic,
)
from sproutcast_pi.store.tables import CareEvent, Plant

BASE = "sproutcast"
IDLE_S = 10.0
"""Interval between two writes of a device."""
FLOOD_ROWS = 10
"""Transactions of a row each in one message."""
MISC_S = 1.0
CONNECTS_PER_STEP = 2


def row(model, **values) -> dict:
    """A row with the table's defaults."""
    return {field.column_name: field.default for field in model._meta.sorted_fields} | values


class Device:
    """One device's connection with the sequence numbers sent and acknowledged."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.epoch = os.urandom(8).hex()
        self.sent: list[SyncTransaction] = []
        self.acked = 0
        self.flooding = False
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=f"{name}-sync")
        self.client.on_connect = self._on_connect
        self.client.on_message = self._on_message

    def connect(self, port: int) -> None:
        self.client.connect("127.0.0.1", port, keepalive=600)

    def write(self, rows: int, text: str) -> None:
        now = to_text(datetime.now(UTC))
        first = len(self.sent) + 1
        for number in range(first, first + rows):
            values = row(
                CareEvent, id=number, plant_id=1, kind="note", text=text, at=now, created_at=now, caller="bench"
            )
            self.sent.append(SyncTransaction(number, now, "log_care", "bench", [RowChange("care_event", values)]))
        self._send(first - 1)

    def flood(self) -> None:
        self.flooding = True
        self.write(FLOOD_ROWS, "flood")

    def _on_connect(self, *_: object) -> None:
        self.client.subscribe(answers_topic(BASE, self.name), qos=1)
        if not self.sent:
            now = to_text(datetime.now(UTC))
            plant = RowChange("plant", row(Plant, id=1, name="Basil", created_at=now, updated_at=now))
            self.sent.append(SyncTransaction(1, now, "create_plant", "bench", [plant]))
        self._send(self.acked)

    def _send(self, after: int) -> None:
        batch = Batch(self.epoch, after, len(self.sent), self.sent[after:])
        self.client.publish(rows_topic(BASE, self.name), encode(batch), qos=1)

    def _on_message(self, _client: object, _data: object, message: paho.MQTTMessage) -> None:
        answer = decode_hub_message(message.payload)
        if isinstance(answer, SequenceGap):
            self._send(answer.upto)
        elif isinstance(answer, Committed):
            self.acked = answer.upto
            if self.flooding and self.acked == len(self.sent):
                self.write(FLOOD_ROWS, "flood")


class Crowd:
    """All devices, driven by one loop."""

    def __init__(self, port: int, devices: list[Device]) -> None:
        self._port = port
        self._devices = devices
        self._absent = list(devices)
        self._due: list[tuple[float, Device]] = []
        self._misc_at = time.monotonic()
        self._selector = selectors.DefaultSelector()
        self._selector.register(sys.stdin, selectors.EVENT_READ)

    def step(self) -> bool:
        """Run one step; False once stdin is closed."""
        for device in [self._absent.pop() for _ in range(min(CONNECTS_PER_STEP, len(self._absent)))]:
            device.connect(self._port)
            self._selector.register(device.client.socket(), selectors.EVENT_READ, device)
        for key, _ in self._selector.select(0.01 if self._absent or self._due else 0.1):
            if key.data is not None:
                key.data.client.loop_read(100)
            elif not self._handle_command(sys.stdin.readline().strip()):
                return False
        now = time.monotonic()
        while self._due and self._due[0][0] <= now:
            at, device = self._due.pop(0)
            device.write(1, "calm")
            self._due.append((at + IDLE_S, device))
        self._service_sockets(now)
        return True

    def _handle_command(self, word: str) -> bool:
        began, step = time.monotonic(), IDLE_S / len(self._devices)
        spread = [(began + place * step, device) for place, device in enumerate(self._devices)]
        self._due = spread if word == "calm" else []
        if word == "flood":
            for device in self._devices:
                device.flood()
        return bool(word)

    def _service_sockets(self, now: float) -> None:
        """Keep connections alive and flush pending messages."""
        if now - self._misc_at > MISC_S:
            self._misc_at = now
            for device in self._devices:
                if device.client.socket() is not None:
                    device.client.loop_misc()
        for device in self._devices:
            if device.client.want_write():
                device.client.loop_write()


def main() -> None:
    port, group, count = map(int, sys.argv[1:])
    crowd = Crowd(port, [Device(f"spr-{group:02d}{number:04d}") for number in range(count)])
    while crowd.step():
        pass


if __name__ == "__main__":
    main()
