"""A terminal reads errors in its own language."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from sproutcast_pi.messages.terminal import split_language, terminal_formatter
from sproutcast_pi.simulated.clocks import FakeClock
from tests.services.gateway.helpers import start_gateway


@pytest.mark.parametrize(
    ("language", "environment", "expected"),
    [
        (None, {}, "en"),
        (None, {"LANG": "de_DE.UTF-8"}, "de-DE"),
        (None, {"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, "C"),
        ("de", {"LANG": "en_GB.UTF-8"}, "de"),
    ],
)
def test_the_language_is_the_askers_then_the_environments(language, environment, expected):
    assert terminal_formatter(language, environment).preferences.language == expected


def test_only_a_leading_option_is_taken():
    assert split_language(["--language", "de", "call"]) == ("de", ["call"])
    assert split_language(["--language=de", "call"]) == ("de", ["call"])
    assert split_language(["call", "--language"]) == (None, ["call", "--language"])


def test_a_refusal_of_the_daemon_is_german_where_the_terminal_is(tmp_path):
    with start_gateway(tmp_path, FakeClock()) as harness:
        command = [sys.executable, "-m", "sproutcast_pi", "call", "log_care", '{"plant_id": 99, "kind": "water"}']
        command += ["--socket", str(harness.socket)]
        by_locale = {
            name: subprocess.run(
                command, capture_output=True, text=True, check=False, env=os.environ | {"LC_ALL": name}
            ).stderr.strip()
            for name in ("C", "de_DE.UTF-8")
        }
    assert by_locale["C"] == "sproutcast: plant_id: there is no plant 99"
    assert by_locale["de_DE.UTF-8"] == "sproutcast: plant_id: Es gibt keinen Eintrag „Pflanze 99“"
