"""Steps of the set-up wizard and when to open it. Pure."""

from __future__ import annotations

import msgspec

from ui.queries import ScreenQueries


def _(msgid: str) -> str:
    """Mark a text for extraction; it is translated when it is displayed."""
    return msgid


class WizardStep(msgspec.Struct, frozen=True):
    """One step: key, title, explanation."""

    key: str
    title: str
    words: str


STEPS: tuple[WizardStep, ...] = (
    WizardStep("language", _("Welcome"), _("Which language do you speak?")),
    WizardStep("time_zone", _("Where are you?"), _("The light follows the clock at your place.")),
    WizardStep("wifi", _("Wi-Fi"), _("Only for your phone and Home Assistant. Everything works without it.")),
    WizardStep("camera", _("Aim the camera"), _("All plants should be in the picture, and sharp.")),
    WizardStep("plants", _("Your plants"), _("Add each plant and draw a frame around it.")),
    WizardStep("light", _("The light"), _("Let us see whether the lamp obeys.")),
    WizardStep("home_assistant", _("Home Assistant"), _("Only if you have it.")),
    WizardStep("phone", _("Your phone"), _("See your plants from the sofa.")),
    WizardStep("done", _("Ready"), _("Your plants are being watched.")),
)


def needs_setup(queries: ScreenQueries) -> bool:
    """Whether this is a fresh device: not set up, without plants, and without a lost database."""
    store = queries.health("store")
    lost = store is not None and store["state"] == "bad"
    return not (lost or queries.setting("setup_done", False) or queries.plants())


def clamp_step(index: int, by: int) -> int:
    """Clamp a step number to the wizard's range."""
    return min(len(STEPS) - 1, max(0, index + by))
