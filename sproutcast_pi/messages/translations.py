"""The compiled gettext catalogues, `locale/<language>/LC_MESSAGES/sproutcast.mo`; `make catalogues` writes them."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "locale"
DOMAIN = "sproutcast"


def languages() -> list[str]:
    """Return the languages that texts can be rendered in, English (the source language) first."""
    return ["en", *sorted(path.parent.parent.name for path in FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))]


@cache
def translations(language: str) -> gettext.NullTranslations:
    """Return a language's texts; a regional form (`de-AT`) falls back to its language, anything else to English."""
    tag = language.replace("-", "_")
    return gettext.translation(DOMAIN, FOLDER, languages=[tag, tag.partition("_")[0]], fallback=True)
