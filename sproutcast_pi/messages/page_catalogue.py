"""A language's templates and texts as JSON values, for the phone page, built from the compiled catalogue."""

from __future__ import annotations

from gettext import GNUTranslations, NullTranslations
from typing import Any

from sproutcast_pi.messages.catalogue import TEMPLATES
from sproutcast_pi.messages.message import Template
from sproutcast_pi.messages.translations import translations

PLURAL_TABLE = 200
"""The plural form of each number below; larger ones repeat the last hundred."""

Forms = str | list[str]
"""A text, or its plural forms."""


def page_catalogue(language: str) -> dict[str, Any]:
    """Return `language`, `plural` (a digit a number), `templates` ([text, counted field] by code) and `texts`.

    `texts` is empty in English, whose texts are their own keys.
    """
    known = translations(language)
    texts = _texts(known)
    plural = known.plural if isinstance(known, GNUTranslations) else lambda n: int(n != 1)  # type: ignore[attr-defined]  # missing in typeshed
    return {
        "language": language,
        "plural": "".join(str(plural(n)) for n in range(PLURAL_TABLE)),
        "templates": {
            code: (texts.get(template.text) or _english(template), getattr(template, "count", ""))
            for code, template in sorted(TEMPLATES.items())
        },
        "texts": texts,
    }


def _english(template: Template) -> Forms:
    return list(template.forms) if len(template.forms) > 1 else template.text


def _texts(known: NullTranslations) -> dict[str, Forms]:
    """Every translated text by its English one; of a plural by its first form."""
    texts: dict[str, Forms] = {}
    # The library has no public way to list a catalogue.
    for key, text in sorted(getattr(known, "_catalog", {}).items(), key=str):
        if isinstance(key, tuple):
            forms = texts.setdefault(key[0], [])
            assert isinstance(forms, list)
            forms.append(text)
        elif key:
            texts[key] = text
    return texts
