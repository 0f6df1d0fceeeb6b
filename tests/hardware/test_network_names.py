import socket

import pytest

from sproutcast_pi.hardware.network_names import advertised_name, host_label, is_own_name


@pytest.mark.parametrize(
    ("form", "own"),
    [
        ("{}", True),
        ("{}.local", True),
        ("{}.local.", True),
        ("{}-2.local", True),
        ("{}-12.local.", True),
        ("{}.lan", True),
        ("{}.fritz.box", True),
        ("{}.home.arpa", True),
        ("{}.gardens.example", True),
        ("localhost", True),
        ("{}-2", False),
        ("{}-2.lan", False),
        ("{}-x.local", False),
        ("{}.evil.example", False),
        ("other.local", False),
        ("local", False),
        ("", False),
    ],
)
def test_names_that_the_network_gives_are_known(tmp_path, form, own):
    resolver = tmp_path / "resolv.conf"
    resolver.write_text("nameserver 192.168.1.1\nsearch gardens.example.\n")
    name = form.format(host_label())
    assert is_own_name(name, resolver) is own
    assert is_own_name(name.upper(), resolver) is own


def test_without_a_resolver_and_without_avahi_the_host_name_holds(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not is_own_name(f"{host_label()}.gardens.example", tmp_path / "none")
    assert advertised_name() == f"{socket.gethostname().partition('.')[0].lower()}.local"


def test_the_name_that_avahi_chose_is_shown(tmp_path, monkeypatch):
    busctl = tmp_path / "busctl"
    busctl.write_text("#!/bin/sh\necho 's \"mint-2.local\"'\n")
    busctl.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert advertised_name() == "mint-2.local"
