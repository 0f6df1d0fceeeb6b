"""Raspberry Pi Imager's files: what version 2.0 writes is understood, other bytes are faults, nothing is executed."""

from __future__ import annotations

import hashlib
import re
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.config.read import check_text
from sproutcast_pi.messages.areas import boot_file
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.services.boot.apply_boot_config import (
    CONFIG,
    DONE,
    FAULTS,
    HOST_NAME,
    NETWORK,
    SYSTEM,
    WIFI_COUNTRY,
    apply_boot_config,
)
from sproutcast_pi.services.boot.boot_config import NAME, BootConfig
from sproutcast_pi.services.boot.imager import FILES, read_imager_config

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJlongenough me@desk"
USER_DATA = f"""#cloud-config
manage_resolv_conf: false

hostname: greenhouse
manage_etc_hosts: true
packages:
- avahi-daemon
apt:
  preserve_sources_list: true
  conf: |
    Acquire {{
      Check-Date "false";
    }};
timezone: Europe/Berlin
keyboard:
  model: pc105
  layout: "de"
user:
  name: gardener
  shell: /bin/bash
  lock_passwd: false
  passwd: "$y$jB5$hash"
  ssh_authorized_keys:
    - {KEY}
ssh_pwauth: true
runcmd:
  - [ touch, /imagers-command-ran ]
"""
"""Every line that Imager 2.0 writes when every field is filled in, with values of our own."""


def derived(password: str, name: bytes) -> str:
    return hashlib.pbkdf2_hmac("sha1", password.encode(), name, 4096, 32).hex()


def network(name: str, point: str) -> str:
    return (
        "network:\n  version: 2\n  ethernets:\n    eth0:\n      dhcp4: true\n  wifis:\n    wlan0:\n      dhcp4: true\n"
        f'      regulatory-domain: "DE"\n      access-points:\n        "{name}":\n{point}      optional: true\n'
    )


def secured(name: str = "Home", *, hidden: bool = False) -> str:
    return network(
        name,
        ("          hidden: true\n" if hidden else "") + f'          password: "{derived("sesame123", b"Home")}"\n',
    )


def test_every_field_of_imager_is_put_in_force_and_its_secrets_leave_the_partition(places):
    boot, root = places
    (boot / "user-data").write_text(USER_DATA)
    (boot / "network-config").write_text(secured(hidden=True))
    (boot / "meta-data").write_text("instance-id: rpi-imager-1785000000000\n")
    assert apply_boot_config(boot, root) == ()
    config, faults = check_text((root / CONFIG).read_text())
    assert not faults
    assert (config.device.name, config.device.time_zone) == ("greenhouse", "Europe/Berlin")
    assert (root / SYSTEM / HOST_NAME).read_text() == "greenhouse\n"
    assert (root / SYSTEM / "ssh" / "authorized_keys").read_text() == f"{KEY}\n"
    profile = (root / NETWORK).read_text()
    assert f"psk={derived('sesame123', b'Home')}" in profile
    assert "hidden=true" in profile
    assert (root / SYSTEM / WIFI_COUNTRY).read_text() == "DE\n"
    assert not any((boot / name).exists() for name in FILES)
    left = "".join(path.read_text() for path in boot.iterdir())
    assert derived("sesame123", b"Home") not in left
    assert "$y$" not in left
    done = (boot / DONE).read_text()
    assert "http://greenhouse.local:8080" in done
    assert "not used: user name and password" in done
    assert "not used: keyboard layout" in done
    assert not [path for path in root.rglob("*") if "imagers-command" in path.name]
    assert apply_boot_config(boot, root) == ()


def test_our_own_file_has_the_last_word(places):
    boot, root = places
    (boot / "user-data").write_text(USER_DATA)
    (boot / "network-config").write_text(secured())
    (boot / NAME).write_text('name = "Kitchen"\n[wifi]\nname = "Cellar"\npassword = "12345678"\n')
    assert apply_boot_config(boot, root) == ()
    config, _ = check_text((root / CONFIG).read_text())
    assert (config.device.name, config.device.time_zone) == ("Kitchen", "Europe/Berlin")
    assert "psk=12345678" in (root / NETWORK).read_text()


def test_a_broken_file_of_ours_stays_while_imagers_is_used(places):
    boot, root = places
    (boot / "user-data").write_text("hostname: greenhouse\n")
    (boot / NAME).write_text("name = ")
    assert apply_boot_config(boot, root)[-1] == boot_file.STAYS(file=NAME)
    assert (boot / NAME).exists()
    assert (root / SYSTEM / HOST_NAME).read_text() == "greenhouse\n"


@pytest.mark.parametrize(
    ("imagers", "ours", "country"),
    [
        ("DE", None, "DE"),
        ("de", None, "DE"),
        ("00", None, None),
        ("Germany", None, None),
        ("DE", "[wifi]\ncountry = 'AT'\n", "AT"),
        ("DE", "[wifi]\nname = 'Cellar'\n", "DE"),
        ("DE", "[wifi]\ncountry = 'Austria'\n", "DE"),
        ("DE", "[wifi]\ncountry = 'AT'\nname = 'Cellar'\npassword = 'short'\n", "AT"),
    ],
)
def test_the_country_of_the_wireless_channels_is_kept(places, imagers, ours, country):
    boot, root = places
    (boot / "network-config").write_text(secured().replace('"DE"', f'"{imagers}"'))
    if ours:
        (boot / NAME).write_text(ours)
    faults = apply_boot_config(boot, root)
    kept = root / SYSTEM / WIFI_COUNTRY
    assert (kept.read_text().strip() if kept.exists() else None) == country
    assert bool(faults) is (imagers == "Germany" or "Austria" in (ours or "") or "short" in (ours or ""))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Home", "Home"),
        ('With \\"quotes\\" and \\\\', 'With "quotes" and \\'),
        ("K\\xc3\\xbcche", "Küche"),
        ("Küche", "Küche"),
        ("\\xe2\\x98\\x80", "\u2600"),
    ],
)
def test_a_name_of_a_network_is_understood_however_it_was_written(tmp_path, written, meant):
    (tmp_path / "network-config").write_text(secured(written), encoding="utf-8")
    assert read_imager_config(tmp_path).form.wifi.name == meant


@pytest.mark.parametrize(
    "point",
    [
        '          password: ""\n',
        "          auth:\n            key-management: none\n",
        "          hidden: false\n",
    ],
)
def test_an_open_network_has_no_password(tmp_path, point):
    (tmp_path / "network-config").write_text(network("Cafe", point))
    found = read_imager_config(tmp_path)
    assert (found.form.wifi.name, found.form.wifi.password, found.faults) == ("Cafe", "", ())


def test_keys_of_the_older_form_are_found_and_said_once(tmp_path):
    (tmp_path / "user-data").write_text(
        f"users:\n- name: pi\n  ssh_authorized_keys:\n    - {KEY}\n    - {KEY}\n    - {KEY}2\n"
    )
    assert read_imager_config(tmp_path).form.ssh.key == f"{KEY}\n{KEY}2"


@pytest.mark.parametrize(
    ("file", "content", "word"),
    [
        ("user-data", "hostname: ../../etc\n", "hostname"),
        ("user-data", "hostname: -x\n", "hostname"),
        ("user-data", "timezone: Mars/Olympus\n", "time zone"),
        ("user-data", "timezone: ../../etc/passwd\n", "time zone"),
        ("user-data", "ssh_authorized_keys:\n  - rm -rf /\n", "public key"),
        ("user-data", 'ssh_authorized_keys:\n  - "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA x\\nssh-rsa y"\n', "public key"),
        ("user-data", "a: [", "can't be understood"),
        ("user-data", "- just\n- a list\n", "sets nothing"),
        ("user-data", "[" * 5000, "can't be understood"),
        ("user-data", "a: &a [*a]\n", "can't be understood"),
        ("user-data", "!!python/object/apply:os.system ['touch x']\n", "sets nothing"),
        ("user-data", "x" * 70_000, "larger than"),
        ("network-config", secured("x" * 40), "Wi-Fi network"),
        ("network-config", network("Home", '          password: "short"\n'), "8 to 63"),
        ("network-config", network("Home", f'          password: "{"x" * 80}"\n'), "Wi-Fi network"),
    ],
)
def test_what_is_wrong_is_told_and_costs_only_itself(places, file, content, word):
    boot, root = places
    before = (root / CONFIG).read_text()
    (boot / file).write_text(content)
    faults = apply_boot_config(boot, root)
    assert any(word in english(fault) for fault in faults), faults
    assert word in (boot / FAULTS).read_text()
    assert not (boot / file).exists()
    assert not (root / NETWORK).exists()
    assert not (root / SYSTEM / "ssh").exists()
    assert (root / CONFIG).read_text() == before


def test_words_that_yaml_takes_for_something_else_stay_words(tmp_path):
    (tmp_path / "user-data").write_text("hostname: no\n")
    assert read_imager_config(tmp_path).host == "no"
    (tmp_path / "user-data").write_text("hostname: 2026-11-22\n")
    assert read_imager_config(tmp_path).host == "2026-11-22"


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_any_bytes_give_values_that_may_be_used(tmp_path_factory, user, wireless):
    boot = tmp_path_factory.mktemp("boot")
    (boot / "user-data").write_bytes(user)
    (boot / "network-config").write_bytes(wireless)
    found = read_imager_config(boot)
    assert found.host == "" or re.fullmatch(r"[a-z0-9-]{1,63}", found.host)
    assert len(found.form.wifi.name.encode()) <= 32


names = st.text(
    st.characters(codec="utf-8", exclude_characters='"\\', exclude_categories=["Cc", "Zl", "Zp"]), max_size=9
)


@given(st.dictionaries(names, names | st.lists(names, max_size=2), max_size=4))
def test_any_mapping_gives_values_that_may_be_used(tmp_path_factory, reported):
    boot = tmp_path_factory.mktemp("boot")
    known = dict(zip(("hostname", "timezone", "users", "ssh_authorized_keys"), reported.values(), strict=False))
    lines = [
        f'{key}: "{value}"' if isinstance(value, str) else f"{key}: [" + ", ".join(f'"{one}"' for one in value) + "]"
        for key, value in known.items()
    ]
    (boot / "user-data").write_text("\n".join(lines), encoding="utf-8")
    found = read_imager_config(boot)
    assert found.form.ssh == BootConfig().ssh
    assert found.form.time_zone == "" or ZoneInfo(found.form.time_zone)
