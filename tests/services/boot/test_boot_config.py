"""The boot partition's file: any bytes, never a crash, and nothing in force that was not meant."""

from __future__ import annotations

import configparser
import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.config.read import check_text
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.services.boot.apply_boot_config import (
    CONFIG,
    DONE,
    FAULTS,
    NETWORK,
    NOTICE,
    SYSTEM,
    apply_boot_config,
    merged_config,
    network_profile,
)
from sproutcast_pi.services.boot.boot_config import NAME, BootConfig, BrokerConfig, WifiConfig, read_boot_config

GOOD = """
name = "Kitchen"
time_zone = "Europe/Berlin"
[wifi]
name = "Home; sweet"
password = " pass\\\\word "
[broker]
host = "homeassistant.local"
user = "plants"
password = "s3cret\\"x"
[ssh]
key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ me@desk"
"""


def test_a_good_file_is_put_in_force_and_its_secrets_leave_the_partition(places):
    boot, root = places
    (boot / NAME).write_text(GOOD)
    assert apply_boot_config(boot, root) == ()
    config, faults = check_text((root / CONFIG).read_text())
    assert not faults
    assert (config.device.name, config.device.time_zone, config.light.output) == ("Kitchen", "Europe/Berlin", "gpio:18")
    assert (config.mqtt.host, config.mqtt.password, config.home_assistant.enabled) == (
        "homeassistant.local",
        's3cret"x',
        True,
    )
    assert (root / SYSTEM / "localtime").readlink().as_posix() == "/usr/share/zoneinfo/Europe/Berlin"
    assert (root / NETWORK).stat().st_mode & 0o777 == 0o600
    assert not (boot / NAME).exists()
    left = "".join(path.read_text() for path in boot.iterdir())
    assert "s3cret" not in left
    assert "pass" not in left
    assert "Kitchen" in (boot / DONE).read_text()
    assert apply_boot_config(boot, root) == ()


def test_one_fault_loses_only_itself_and_is_told_on_the_partition(places):
    boot, root = places
    (boot / NAME).write_text(
        'nam = "x"\ntime_zone = "Mars/Olympus"\n[wifi]\nname = "Home"\npassword = "short"\n[broker]\nhost = "h"\n'
    )
    faults = apply_boot_config(boot, root)
    assert len(faults) == 3
    assert 'did you mean "name"' in english(faults[0])
    reported = (boot / FAULTS).read_text()
    assert all(english(fault) in reported for fault in faults)
    assert "short" not in reported
    assert not (root / NETWORK).exists()
    assert check_text((root / CONFIG).read_text())[0].mqtt.host == "h"


def test_a_file_that_says_nothing_usable_stays_to_be_mended(places):
    boot, root = places
    (boot / NAME).write_text("name = Kitchen")
    assert apply_boot_config(boot, root)
    assert (boot / NAME).exists()
    assert "line 1" in (boot / FAULTS).read_text()
    (boot / NAME).write_text('name = "Kitchen"')
    assert apply_boot_config(boot, root) == ()
    assert not (boot / FAULTS).exists()


@pytest.mark.parametrize("broken", ["[light\n", f"x = {'[' * 150}{']' * 150}\n"])
def test_a_broken_configuration_is_left_for_its_owner_to_mend(places, broken):
    boot, root = places
    (root / CONFIG).write_text(broken)
    (boot / NAME).write_text('name = "x"')
    assert "has errors" in english(apply_boot_config(boot, root)[0])
    assert (root / CONFIG).read_text() == broken


@pytest.mark.parametrize(
    "line",
    [
        "password = hunter2secret",
        'password = "hunter2secret',
        'pasword = "hunter2secret"',
        "hunter2secret",
        'psk = "hunter2secret"',
        "password = 'hunter2secret\\n",
        'key = "hunter2secret"',
        "[hunter2secret",
    ],
)
def test_no_fault_ever_repeats_a_password(places, line):
    boot, root = places
    (boot / NAME).write_text(f'[wifi]\nname = "Home"\n{line}\n')
    faults = apply_boot_config(boot, root)
    assert any("line 3" in english(fault) for fault in faults)
    assert "hunter2" not in "".join(map(english, faults)) + (boot / FAULTS).read_text() + (root / NOTICE).read_text()


def test_a_file_that_stays_on_the_card_says_that_its_passwords_do(places):
    boot, root = places
    (boot / NAME).write_text('[wifi]\npassword = "hunter2secret\n')
    apply_boot_config(boot, root)
    assert "boot_file.stays" in (root / NOTICE).read_text()


def test_what_was_taken_in_is_wiped_not_only_unlinked(places):
    boot, root = places
    (boot / NAME).write_text(GOOD)
    with (boot / NAME).open("rb") as still_open:
        apply_boot_config(boot, root)
        assert set(still_open.read()) == {0}


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"\xff\xfe\x00", "UTF-8"),
        (b"#" * 64_001, "larger"),
        (b"name = ", "line 1"),
        (b"[" * 30_000, "line"),
        (b"wifi = 3", "section"),
    ],
)
def test_hostile_files_are_named_in_a_sentence(tmp_path, content, word):
    (tmp_path / NAME).write_bytes(content)
    form, faults = read_boot_config(tmp_path / NAME)
    assert form == BootConfig()
    assert word in english(faults[0])


def test_a_file_from_windows_is_read(tmp_path):
    (tmp_path / NAME).write_bytes(b"\xef\xbb\xbfname = 'x'\r\n[wifi]\r\nname = 'y'\r\n")
    form, faults = read_boot_config(tmp_path / NAME)
    assert (form.name, form.wifi.name, faults) == ("x", "y", ())


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("boot") / NAME
    path.write_bytes(content)
    read_boot_config(path)


OWN = """# Lamp measured on 3 May.
[light]
output = 'gpio:18'  # the white wire

[device]
name = 'Old'  # its first name

# The broker runs on the NAS.
[mqtt]
port = 1_883
"""


def test_the_owners_comments_order_and_spelling_stay(places):
    boot, root = places
    (root / CONFIG).write_text(OWN)
    (boot / NAME).write_text('name = "Kitchen"\ntime_zone = "Europe/Berlin"\n[broker]\nhost = "h"\nport = 1884\n')
    assert apply_boot_config(boot, root) == ()
    assert (
        (root / CONFIG).read_text()
        == """# Lamp measured on 3 May.
[light]
output = 'gpio:18'  # the white wire

[device]
name = "Kitchen"  # its first name
time_zone = "Europe/Berlin"

# The broker runs on the NAS.
[mqtt]
port = 1884
host = "h"
tls = false

[home_assistant]
enabled = true
"""
    )


@pytest.mark.parametrize(
    "present", ["device.name = 'Old' # c\n", "device = {name = 'Old'} # c\n", "# c\n# [device]", "# c\n[device]\n"]
)
def test_every_way_to_write_a_section_takes_an_option(present):
    text, faults = merged_config(present, BootConfig(name="Kitchen", time_zone="Europe/Berlin"))
    assert not faults
    assert tomllib.loads(text) == {"device": {"name": "Kitchen", "time_zone": "Europe/Berlin"}}
    assert "# c\n" in text


def test_the_file_every_device_begins_with_keeps_all_its_lines():
    first = (Path(__file__).parents[3] / "config.example.toml").read_text()
    form = BootConfig(name="Kitchen", time_zone="Europe/Berlin", broker=BrokerConfig(host="h"))
    text, faults = merged_config(first, form)
    assert not faults
    lines = text.splitlines()
    new = iter(lines)
    assert all(line in new for line in first.splitlines())
    # What is written above a section stays directly above it.
    assert [lines[place - 1] for place, line in enumerate(lines) if re.match(r"\[\w+\]", line)] == [
        above for above, line in pairwise(first.splitlines()) if re.match(r"\[\w+\]", line)
    ]


printable = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=8, max_size=63)


@given(st.text(min_size=1, max_size=32).filter(lambda name: len(name.encode("utf-8", "ignore")) <= 32), printable)
def test_no_network_name_or_password_can_add_a_line_to_the_profile(name, password):
    if any(0xD800 <= ord(letter) < 0xE000 for letter in name):
        return
    parser = configparser.RawConfigParser(delimiters=("=",), comment_prefixes=("#",), strict=True)
    parser.read_string(network_profile(WifiConfig(name=name, password=password)))
    assert parser.sections() == ["connection", "wifi", "wifi-security", "ipv4", "ipv6"]
    assert bytes(int(byte) for byte in parser["wifi"]["ssid"].rstrip(";").split(";")) == name.encode()
    kept = parser["wifi-security"]["psk"].replace("\\s", " ").replace("\\\\", "\\")
    assert kept.rstrip() == password.rstrip() or "\\s" in password


@given(st.text(max_size=60), st.text(max_size=100))
def test_no_text_can_add_an_option_to_the_configuration(name, password):
    form = BootConfig(name=name or "x", broker=BrokerConfig(host="h", user="u", password=password))
    text, faults = merged_config("", form)
    if not faults:
        document = tomllib.loads(text)
        assert set(document) == {"device", "mqtt", "home_assistant"}
        assert document["mqtt"]["password"] == password
        assert document["device"] == {"name": name or "x"}
