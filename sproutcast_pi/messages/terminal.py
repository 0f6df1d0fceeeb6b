"""Language of a terminal: from `--language`, else from the environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sproutcast_pi.messages.formatter import Formatter, LocalePreferences

VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""In order of precedence."""


def split_language(argv: Sequence[str]) -> tuple[str | None, list[str]]:
    """Return the value of a leading `--language`, None without one, and the other arguments."""
    if argv and argv[0].startswith("--language="):
        return argv[0].partition("=")[2], list(argv[1:])
    if len(argv) > 1 and argv[0] == "--language":
        return argv[1], list(argv[2:])
    return None, list(argv)


def terminal_formatter(language: str | None, environment: Mapping[str, str]) -> Formatter:
    """Return the formatter for `language`, or for the environment's (`de_DE.UTF-8`) where it is None."""
    found = language or next((environment[name] for name in VARIABLES if environment.get(name)), "en")
    return Formatter(LocalePreferences(language=found.partition(".")[0].replace("_", "-")))
