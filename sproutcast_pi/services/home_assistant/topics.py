"""Topics of everything published at the broker. Topics are made of ids that never change, never of names."""

from __future__ import annotations

import msgspec


class Topics(msgspec.Struct, frozen=True, kw_only=True):
    """All topics of one appliance."""

    base: str
    """`sproutcast`, or what [mqtt] base_topic says."""
    device: str
    prefix: str = "homeassistant"
    status: str = "homeassistant/status"

    @property
    def root(self) -> str:
        """What all our own topics begin with."""
        return f"{self.base}/{self.device}"

    def owns(self, topic: str) -> bool:
        """Whether a topic is one this appliance publishes under its present names."""
        return topic.startswith((f"{self.root}/", f"{self.prefix}/device/{self.device}/"))

    @property
    def availability(self) -> str:
        """`online` or `offline`, retained; the last will says `offline`."""
        return f"{self.root}/availability"

    @property
    def state(self) -> str:
        """Everything about the appliance but the light, as one object."""
        return f"{self.root}/state"

    @property
    def light(self) -> str:
        """The grow light, in the form of Home Assistant's JSON lights."""
        return f"{self.root}/light"

    @property
    def diagnostics(self) -> str:
        """What only concerns whoever looks after the appliance."""
        return f"{self.root}/diagnostics"

    @property
    def update(self) -> str:
        """Installed and latest version."""
        return f"{self.root}/update"

    @property
    def photo(self) -> str:
        """The newest photograph, raw JPEG."""
        return f"{self.root}/photo"

    @property
    def notice(self) -> str:
        """Notifications that concern no single plant, as events."""
        return f"{self.root}/notice"

    def plant(self, plant_id: int) -> str:
        """One plant's state, as one object."""
        return f"{self.root}/plant/{plant_id}"

    def alert(self, plant_id: int) -> str:
        """One plant's notifications, as events."""
        return f"{self.root}/plant/{plant_id}/alert"

    def care(self, plant_id: int) -> str:
        """What was done for one plant, as events."""
        return f"{self.root}/plant/{plant_id}/care"

    def command(self, key: str, plant_id: int | None = None) -> str:
        """Where Home Assistant says what it wants."""
        return f"{self.root}/set/{key}" if plant_id is None else f"{self.root}/plant/{plant_id}/set/{key}"

    @property
    def commands(self) -> tuple[str, str]:
        """The filters that match every command."""
        return f"{self.root}/set/+", f"{self.root}/plant/+/set/+"

    def parse_command_topic(self, topic: str) -> tuple[str, int | None] | None:
        """The key and the plant a command topic names; None for any other topic."""
        rest = topic.removeprefix(f"{self.root}/")
        if rest == topic:
            return None
        match rest.split("/"):
            case ["set", key]:
                return key, None
            case ["plant", number, "set", key] if number.isascii() and number.isdigit() and len(number) < MAX_DIGITS:
                return key, int(number)
        return None

    @property
    def appliance_config(self) -> str:
        """Where the appliance is announced."""
        return f"{self.prefix}/device/{self.device}/appliance/config"

    def plant_config(self, plant_id: int) -> str:
        """Where a plant is announced."""
        return f"{self.prefix}/device/{self.device}/plant_{plant_id}/config"

    @property
    def configs(self) -> str:
        """The filter that matches all our announcements."""
        return f"{self.prefix}/device/{self.device}/+/config"

    def parse_plant_config_topic(self, topic: str) -> int | None:
        """The plant whose announcement this topic is; None for any other topic."""
        name = topic.removeprefix(f"{self.prefix}/device/{self.device}/plant_").removesuffix("/config")
        if name.isascii() and name.isdigit() and len(name) < MAX_DIGITS and topic == self.plant_config(int(name)):
            return int(name)
        return None


MAX_DIGITS = 16
"""Ids with fewer digits fit into SQLite's."""
