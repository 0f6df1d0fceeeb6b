"""Every file that people edit is read alike, and a TOML fault comes with the parser's reason."""

import codecs

import pytest

from sproutcast_pi.cli import run
from sproutcast_pi.config.last_good import load
from sproutcast_pi.config.settings import MqttOptions
from sproutcast_pi.errors import ConfigError
from sproutcast_pi.hub.settings import read_hub_settings
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.services.boot.boot_config import read_boot_config
from sproutcast_pi.services.mqtt.broker import broker_from_settings
from sproutcast_pi.text_file import read_secret_file, read_text_file

EDITORS = {
    "unix": lambda text: text.encode(),
    "notepad": lambda text: codecs.BOM_UTF8 + text.replace("\n", "\r\n").encode(),
    "notepad, unicode": lambda text: text.replace("\n", "\r\n").encode("utf-16"),
    "old mac": lambda text: text.replace("\n", "\r").encode(),
}


@pytest.fixture(params=EDITORS)
def saved(request):
    return EDITORS[request.param]


def test_any_editor_may_save_a_configuration(tmp_path, saved, capsys):
    path = tmp_path / "config.toml"
    path.write_bytes(saved('[device]\nname = "Gewächshaus"\n'))
    assert run(["check-config", str(path)]) == 0
    assert "no faults" in capsys.readouterr().out


def test_any_editor_may_save_a_password(tmp_path, saved):
    path = tmp_path / "password"
    path.write_bytes(saved("grün & daisy\n"))
    settings = MqttOptions(host="broker", user="u", password_file=str(path))
    assert broker_from_settings(settings).password == "grün & daisy"


def test_any_editor_may_save_the_boot_partitions_file_and_the_hubs(tmp_path, saved):
    (tmp_path / "boot.toml").write_bytes(saved('name = "Küche"\n[wifi]\nname = "home"\n'))
    form, faults = read_boot_config(tmp_path / "boot.toml")
    assert (form.name, form.wifi.name, faults) == ("Küche", "home", ())
    (tmp_path / "hub.toml").write_bytes(saved('data = "/x"\n[network]\nport = "high"\n'))
    with pytest.raises(ConfigError, match="network"):
        read_hub_settings(tmp_path / "hub.toml")


@pytest.mark.parametrize("content", [b"", b"\n", b"one\ntwo\n", b"\xffsecret", b"x" * 20_000])
def test_a_password_file_that_holds_none_is_named_without_its_content(tmp_path, content):
    path = tmp_path / "password"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as refused:
        read_secret_file(path)
    assert str(path) in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_folder_in_place_of_a_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match="directory"):
        read_text_file(tmp_path)


@pytest.mark.parametrize(
    ("text", "line", "reason", "remedy"),
    [
        ('[mqtt]\nhost = "a"\nuser = "b"\nhost = "c"\n', 4, "overwrite", "set twice"),
        ('[mqtt]\nhost = "a"\n[device]\n[mqtt]\nuser = "b"\n', 4, "twice", "one heading"),
        ('[mqtt]\npassword = "gr\\un&daisy"\n', 2, "", "backslash"),
        ('[mqtt]\npassword = "gr\\qn&daisy"\n', 2, "Unescaped", "backslash"),
        ("[light.schedule]\nlevel = 0,8\n", 2, "Expected newline", "0.8"),
        ("[home_assistant]\nenabled = yes\n", 2, "Invalid value", "true or false"),
        ("[home_assistant]\nenabled = True\n", 2, "Invalid value", "true or false"),
        ("[device]\nname = Basil\n", 2, "Invalid value", "quotation marks"),
        ("[device]\nname = \u201cBasil\u201d\n", 2, "Invalid value", "straight"),
        ('[mqtt]\npassword = "daisy\n', 2, "", "same line"),
        ("[captures]\ninterval_min = " + "9" * 5000 + "\n", 2, "digits", ""),
        ("x = " + "[" * 5000, 1, "nested", ""),
    ],
)
def test_a_toml_fault_comes_with_line_reason_and_remedy(tmp_path, capsys, *, text, line, reason, remedy):
    path = tmp_path / "config.toml"
    path.write_text(text)
    assert run(["check-config", str(path)]) == 1
    stderr = capsys.readouterr().err
    assert f"line {line}: " in stderr
    assert reason in stderr
    assert remedy in stderr
    assert "daisy" not in stderr


@pytest.mark.parametrize(
    ("section", "option", "wrong", "right"),
    [
        ("home_assistant", "discovery_prefix", ["homeassistant/", "/ha", "a//b", "$SYS", "a\\n"], "home/assistant"),
        ("home_assistant", "status_topic", ["homeassistant/status/", "#"], "ha/status"),
        ("mqtt", "base_topic", ["a/b", "$a", "a\\n"], "plants"),
        ("mqtt", "host", ["mqtt://b:1883", "b:1883", "b/", "[::1]", "a b", "1.2.3.4:1"], "fe80::1%eth0"),
        ("network", "host", ["http://0.0.0.0", "", "0.0.0.0:8080"], "::"),
        ("network", "host_names", ["a:8080", "http://a", "*.example.org"], "plants.example.org"),
        ("network", "origins", ["*", "a.org", "http://a/", "https://a:443", "null", "http://A"], "http://a:5173"),
        ("updates", "url", ["https:///x", "ftp://a/x", "https://a b"], "https://a/new.sproutcast"),
        ("light", "output", ["gpio:28", "gpio:018", "gpio:18\\n"], "gpio:18"),
        ("mqtt", "password", ["two\\nlines", "line\\n"], "one line"),
    ],
)
def test_a_form_that_cannot_work_is_a_fault(tmp_path, capsys, *, section, option, wrong, right):
    path = tmp_path / "config.toml"
    base = '[mqtt]\nhost = "b"\n' if section == "home_assistant" else ""

    def checked(value):
        listed = f'["{value}"]' if option in {"host_names", "origins"} else f'"{value}"'
        user = 'user = "u"\n' if option == "password" else ""
        path.write_text(f"{base}[{section}]\n{user}{option} = {listed}\n")
        return run(["check-config", str(path)]), capsys.readouterr().err

    for value in wrong:
        code, stderr = checked(value)
        assert code == 1, value
        assert f"{section}.{option}" in stderr
    assert checked(right)[0] == 0


def test_an_address_that_holds_a_password_is_not_repeated(tmp_path, capsys):
    path = tmp_path / "config.toml"
    path.write_text('[mqtt]\nhost = "mqtt://me:daisy@broker"\n')
    assert run(["check-config", str(path)]) == 1
    assert "daisy" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[mqtt]\nhost = "b"\nuser = "u"\npassword = "p"\npassword_file = "/p"\n', "mqtt.password_file"),
        ('[mqtt]\nhost = "b"\npassword = "p"\n', "mqtt.password"),
        ('[mqtt]\nhost = "b"\nca_file = "/ca.pem"\n', "mqtt.ca_file"),
        ('[mqtt]\nhost = "b"\ntls = true\nkey_file = "/k"\n', "mqtt.key_file"),
        ('[sync.broker]\nhost = "b"\npassword = "p"\n', "sync.broker.password"),
        ("[home_assistant]\nenabled = true\n", "home_assistant.enabled"),
        ("[camera]\nwidth = 640\n", "camera.width"),
    ],
)
def test_options_that_contradict_each_other_are_named_and_nothing_else_is_lost(tmp_path, capsys, text, key):
    path = tmp_path / "config.toml"
    path.write_text(text + '[device]\nname = "Mint"\n')
    assert run(["check-config", str(path)]) == 1
    assert key in capsys.readouterr().err
    loaded = load(path, tmp_path)
    assert loaded.settings.device.name == "Mint"
    assert key in english(loaded.problem)


def test_capitals_are_named_with_the_right_spelling(tmp_path, capsys):
    path = tmp_path / "config.toml"
    path.write_text('[MQTT]\nhost = "b"\n')
    assert run(["check-config", str(path)]) == 1
    assert 'did you mean "mqtt"' in capsys.readouterr().err
