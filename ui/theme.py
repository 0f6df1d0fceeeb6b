"""Themes: palettes safe for colour-blind people, and sizes in millimetres."""

from __future__ import annotations

import msgspec

Rgba = tuple[float, float, float, float]

MM_PER_INCH = 25.4
PANELS: dict[tuple[int, int], float] = {(800, 480): 5.19, (480, 800): 5.19, (720, 1280): 8.28, (1280, 720): 8.28}
"""Pixels per millimetre of the panels we know by their resolution: the official 7 inch ones."""
COMMON_DIAGONAL_MM = 178.0
"""Default: a 7 inch panel."""


def rgba(code: str, alpha: float = 1.0) -> Rgba:
    """Turn "#RRGGBB" into four numbers from 0 to 1."""
    value = int(code.removeprefix("#"), 16)
    return ((value >> 16 & 255) / 255, (value >> 8 & 255) / 255, (value & 255) / 255, alpha)


class Palette(msgspec.Struct, frozen=True, kw_only=True):
    """Colours of a theme by role."""

    ground: Rgba
    surface: Rgba
    raised: Rgba
    line: Rgba
    ink: Rgba
    soft: Rgba
    faint: Rgba
    brand: Rgba
    on_brand: Rgba
    pressed: Rgba
    ok: Rgba
    watch: Rgba
    act: Rgba
    info: Rgba
    none: Rgba
    scrim: Rgba
    day: Rgba
    """The light curve."""

    def state(self, name: str) -> Rgba:
        """Colour of a state: ok, watch, act, info, anything else grey."""
        return {"ok": self.ok, "watch": self.watch, "act": self.act, "info": self.info}.get(name, self.none)


# Colours of the four states: Okabe and Ito, distinguishable with colour blindness (jfly.uni-koeln.de/color).
DARK = Palette(
    ground=rgba("#0E1311"),
    surface=rgba("#19211D"),
    raised=rgba("#26312B"),
    line=rgba("#34413A"),
    ink=rgba("#F3F6F2"),
    soft=rgba("#B7C2BA"),
    faint=rgba("#8A978F"),
    brand=rgba("#35C592"),
    on_brand=rgba("#06231A"),
    pressed=rgba("#FFFFFF", 0.10),
    ok=rgba("#009E73"),
    watch=rgba("#E69F00"),
    act=rgba("#D55E00"),
    info=rgba("#56B4E9"),
    none=rgba("#7D8A82"),
    scrim=rgba("#000000", 0.55),
    day=rgba("#F0E442"),
)
LIGHT = Palette(
    ground=rgba("#F2F1EB"),
    surface=rgba("#FFFFFF"),
    raised=rgba("#E9E8E0"),
    line=rgba("#D6D5CB"),
    ink=rgba("#17201B"),
    soft=rgba("#48554D"),
    faint=rgba("#6B776F"),
    brand=rgba("#00694C"),
    on_brand=rgba("#FFFFFF"),
    pressed=rgba("#000000", 0.08),
    ok=rgba("#009E73"),
    watch=rgba("#E69F00"),
    act=rgba("#D55E00"),
    info=rgba("#0072B2"),
    none=rgba("#7D8A82"),
    scrim=rgba("#000000", 0.45),
    day=rgba("#E69F00"),
)

TEXT_MM: dict[str, float] = {
    "tiny": 2.5,
    "small": 2.9,
    "body": 3.3,
    "strong": 3.8,
    "title": 4.8,
    "big": 7.4,
    "huge": 12.0,
}
"""Height of the em square by the role of a text. `title` and above can be read from two metres."""

LARGE_TEXT = 1.25
"""Text scale from which rows are higher, and their factor."""


class Theme(msgspec.Struct, frozen=True, kw_only=True):
    """A theme for one panel: palette and sizes."""

    palette: Palette
    width: int
    height: int
    px_per_mm: float
    text_scale: float = 1.0

    @property
    def portrait(self) -> bool:
        """Whether the panel is higher than wide."""
        return self.height > self.width

    @property
    def large_text(self) -> bool:
        """Whether texts are so large that rows need more height."""
        return self.text_scale > 1.1  # noqa: PLR2004 - a tenth fits into every row

    def mm(self, millimetres: float) -> float:
        """Length in pixels, a whole number so that edges are sharp."""
        return float(round(millimetres * self.px_per_mm))

    def text(self, role: str) -> float:
        """Pixels of a text by its role, see TEXT_MM."""
        return TEXT_MM[role] * self.px_per_mm * self.text_scale

    @property
    def touch(self) -> float:
        """Minimum side of a touch target: 9.2 mm."""
        return self.mm(9.2)


def px_per_mm(width: int, height: int, configured: float | None = None) -> float:
    """Pixels per millimetre: as asked, else as the panel with this resolution has, else as a 7 inch panel would."""
    if configured:
        return configured
    known = PANELS.get((width, height))
    return known or (width**2 + height**2) ** 0.5 / COMMON_DIAGONAL_MM


def dimmed(colour: Rgba, alpha: float) -> Rgba:
    """Return the same colour, more transparent."""
    return (*colour[:3], alpha)
