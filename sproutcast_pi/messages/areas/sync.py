"""The hub that changes and photographs are sent to."""

from __future__ import annotations

from sproutcast_pi.messages.message import Template

OFF = Template("sync.off", "Sync is off: nothing leaves this device.")
PAIR_OR_NAME = Template("sync.pair_or_name", "Pair the device with a hub, or set its broker in [sync.broker].")
SILENT = Template(
    "sync.silent", "The hub has not answered for {seconds:duration}; everything is kept on this device until it does."
)
CHECK_HUB = Template("sync.check_hub", "Check that the hub is running and connected to the same broker.")
REJECTED = Template("sync.rejected", "The hub rejected this device: {reason}")
PAIR_AGAIN = Template("sync.pair_again", "Pair the device with the hub again.")
NOT_AUTHORIZED = Template("sync.not_authorized", "The broker does not allow this device to send to the hub.")
LOAD_RULES = Template(
    "sync.load_rules", "Pair the device with the hub again, and load the hub's access rules into the broker."
)
BROKER_FULL = Template(
    "sync.broker_full",
    "The broker currently accepts no more messages (reason {code}); everything is kept on this device.",
)
CHECK_BROKER = Template("sync.check_broker", "Check the broker's limits and disk.")
CONNECTED = Template("sync.connected", "Connected; the hub is responding.")
ALL_SENT = Template("sync.all_sent", "Everything is on the hub.")
BACKLOG = Template("sync.backlog", "{rows:number0} changes and {photos:number0} photos are waiting for the hub.")

# Pairing with a hub.
BAD_ADDRESS = Template("sync.bad_address", "{url} is not the address of a hub; it begins with https://.")
REFUSED = Template("sync.refused", "The hub refused: {reason}")
NO_REASON = Template("sync.no_reason", "it gave no reason.")
UNREACHABLE = Template("sync.unreachable", "The hub at {url} can't be reached, or it is not a hub: {reason}.")
BAD_CREDENTIALS = Template(
    "sync.bad_credentials", "{file} can't be read ({reason}); pair the device with the hub again."
)
