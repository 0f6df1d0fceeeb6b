"""Pages for Wi-Fi and paired phones."""

from __future__ import annotations

from typing import Any

from kivy.properties import StringProperty

from sproutcast_pi.messages.formatter import parse_timestamp
from sproutcast_pi.messages.message import Message
from ui.machine.wifi import WifiNetwork
from ui.page import Page
from ui.settings.screen import SettingRow
from ui.widgets.sheet import TextSheet

STRONG, FAIR = 60, 35
SHORTEST_PASSWORD = 8
"""Minimum length of a WPA passphrase."""


class WifiPage(Page):
    """Page of Wi-Fi networks."""

    words = StringProperty("")

    def show(self, **_request: Any) -> None:
        """Scan for networks."""
        self.scan()

    def scan(self) -> None:
        """Scan again."""
        app = self.app
        self.ids.rows.clear_widgets()
        self.words = app.tr("Looking for networks")
        app.machine.later(app.machine.wifi.networks, app.bridge.post, self._on_networks)

    def _on_networks(self, networks: Any, fault: Message | None) -> None:
        tr, box = self.app.tr, self.ids.rows
        box.clear_widgets()
        self.words = (
            tr.message(fault)
            if fault is not None
            else ""
            if networks
            else tr("No network is in reach. Move closer to the router and look again.")
        )
        for network in networks or []:
            icon = "wifi" if network.strength >= STRONG else "wifi-2" if network.strength >= FAIR else "wifi-1"
            value = tr("connected") if network.active else tr("open") if not network.secured else ""
            row = SettingRow(icon=icon, name=network.name, value=value)
            row.bind(on_release=lambda _row, network=network: self._touched(network))
            box.add_widget(row)

    def _touched(self, network: WifiNetwork) -> None:
        if network.active:
            return
        if not network.secured:
            self._join(network.name, "")
            return
        tr = self.app.tr
        TextSheet(
            lambda text: self._password(network.name, text),
            title=tr("Password of {name}", name=network.name),
            secret=True,
            save_word=tr("Connect"),
        ).open()

    def _password(self, name: str, text: str) -> str | None:
        if len(text) < SHORTEST_PASSWORD:
            return str(self.app.tr("A Wi-Fi password has at least 8 letters."))
        self._join(name, text)
        return None

    def _join(self, name: str, password: str) -> None:
        app = self.app
        self.ids.rows.clear_widgets()
        self.words = app.tr("Connecting to {name}", name=name)

        def done(_value: Any, fault: Message | None) -> None:
            app.toast(
                app.tr.message(fault) if fault is not None else app.tr("Connected to {name}", name=name),
                "ok" if fault is None else "act",
            )
            self.scan()

        app.machine.later(lambda: app.machine.wifi.join(name, password), app.bridge.post, done)


class PhonesPage(Page):
    """Page with a pairing code as text and QR code."""

    address = StringProperty("")
    code = StringProperty("")
    words = StringProperty("")
    detail = StringProperty("")

    def show(self, **_request: Any) -> None:
        """Request a pairing code."""
        self.ask()

    def hide(self) -> None:
        """Revoke the code when the page is left."""
        if self.code:
            self.app.do("cancel_pairing", {})
            self.code = ""

    def ask(self) -> None:
        """Request a new pairing code."""
        tr = self.app.tr
        self.address = ""
        self.words, self.detail = tr("Open this address on the phone:"), ""
        self.app.bridge.call("start_pairing", {"role": "carer"}, self._on_code)

    def _on_code(self, value: Any, refusal: Message | None) -> None:
        tr = self.app.tr
        if refusal is not None or not isinstance(value, dict):
            self.code = ""
            self.words, self.detail = tr("No code could be made."), tr.message(refusal) if refusal else ""
            return
        self.code = str(value.get("code", ""))
        self.address = f"{value['url']}/" if value.get("url") else ""
        until = parse_timestamp(value.get("expires_at"))
        self.words = (
            tr("Open this address on the phone and type the code:")
            if self.address
            else tr("The phone page is switched off in the configuration: network.listen.")
        )
        self.detail = self.address
        if until:
            self.detail += "\n" + tr("The code is good until {when}.", when=tr.time(until))
        self.address = f"{self.address}#pair={self.code}" if self.address else ""
