"""Borders behind the broker: commands of Home Assistant, answers of a hub, and what devices send to a hub."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random

from sproutcast_pi.protocol import sync
from sproutcast_pi.services.home_assistant.commands import APPLIANCE_KEYS, PLANT_KEYS
from tests.hostile import inputs
from tests.hostile.appliance import Appliance
from tests.hostile.connections import ANSWER_S
from tests.hostile.outcome import Outcome
from tests.services.home_assistant.mqtt_listener import MqttListener

BASE = "sproutcast"
COMMANDS = (
    "ON", "OFF", "PRESS", "INSTALL", "0", "24", "07:30", "16", "Flower health",
    '{"state":"ON","brightness":128}', '{"state":"OFF"}', '{"state":"ON","brightness":64,"transition":2}',
)  # fmt: skip
"""What Home Assistant really sends."""
REPEAT_S = 2.0
"""A command that is lost in a flood is sent again, as a person would."""


def try_home_assistant(
    appliance: Appliance, listener: MqttListener, draw: Random, count: int, outcome: Outcome
) -> None:
    """Any payload on any command topic; in the end a good command is obeyed."""
    root = f"{BASE}/{appliance.device}"
    plant = appliance.owner.call("create_plant", name=f"Broker {draw.randrange(10**9)}")
    keys = [f"{root}/set/{key}" for key in APPLIANCE_KEYS if key != "capture"]
    keys += [f"{root}/plant/{plant}/set/{key}" for key in PLANT_KEYS]
    keys += [f"{root}/set/x", f"{root}/plant/x/set/plan", f"{root}/plant/{2**70}/set/watered", "homeassistant/status"]
    for _ in range(count):
        forged = f"homeassistant/device/{appliance.device}/plant_{draw.randrange(9)}/config"
        topic = draw.choice((*keys, *keys, forged))
        listener.publish(topic, inputs.payload(draw, COMMANDS), qos=0, retain=topic == forged)
    wanted = f"after {draw.randrange(10**9)}"
    _until(
        outcome,
        "home assistant",
        lambda: listener.publish(f"{root}/plant/{plant}/set/species", wanted),
        lambda: appliance.rows(f"SELECT species FROM plant WHERE id = {plant}") == [(wanted,)],
    )


def try_hub_answers(appliance: Appliance, listener: MqttListener, draw: Random, count: int, outcome: Outcome) -> None:
    """Any answer of a forged hub; in the end what the owner does still reaches the real one."""
    (((epoch,),)) = appliance.rows("SELECT value FROM _meta WHERE name = 'epoch'")
    for _ in range(count):
        listener.publish(
            sync.answers_topic(BASE, appliance.device), inputs.hub_answer(draw, str(epoch)), qos=draw.choice((0, 1))
        )
    name = f"Fleet {draw.randrange(10**9)}"
    appliance.owner.call("create_plant", name=name)
    _until(
        outcome,
        "sync",
        lambda: None,
        lambda: bool(appliance.hub_rows(f"SELECT 1 FROM plant WHERE name = '{name}'")),  # ours
    )


def try_hub_intake(appliance: Appliance, listener: MqttListener, draw: Random, count: int, outcome: Outcome) -> None:
    """Anything in the name of devices; in the end a device that behaves is answered."""
    for _ in range(count):
        device = f"spr-{draw.randrange(20):012x}" if draw.random() < 0.95 else draw.choice(("sproutcast-hub", "x", "é"))
        topic = draw.choice((sync.rows_topic, sync.photos_topic))(BASE, device)
        listener.publish(topic, inputs.device_message(draw), qos=draw.choice((0, 1)))
    device, epoch = f"spr-{draw.randrange(16**6, 16**9):012x}", f"{draw.randrange(16**8):08x}"
    hello = sync.encode(sync.Batch(epoch, 0, 0))
    answer = sync.encode(sync.Committed(epoch, 0))
    _until(
        outcome,
        "hub",
        lambda: listener.publish(sync.rows_topic(BASE, device), hello),
        lambda: answer in listener.messages[sync.answers_topic(BASE, device)],
    )


def _until(outcome: Outcome, who: str, ask: Callable[[], object], done: Callable[[], bool]) -> None:
    end = time.monotonic() + ANSWER_S
    ask_at = 0.0
    while not done():
        now = time.monotonic()
        if now > end:
            outcome.unanswered.append(f"{who} did nothing for {ANSWER_S:g} s after the inputs")
            return
        if now > ask_at:
            ask()
            ask_at = now + REPEAT_S
        time.sleep(0.02)
