import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.cli import run
from sproutcast_pi.config import Settings, check_text, read_config
from sproutcast_pi.config.example import example
from sproutcast_pi.config.last_good import load
from sproutcast_pi.errors import ConfigError
from sproutcast_pi.messages.formatter import english

ROOT = Path(__file__).parents[2]


def test_the_example_names_every_option_with_its_default():
    assert (ROOT / "config.example.toml").read_text() == example()
    uncommented = "\n".join(
        line[1:] if line.startswith("#") and not line.startswith("# ") else line for line in example().splitlines()
    )
    assert check_text(uncommented) == (Settings(), ())


def test_all_faults_at_once_with_line_key_value_and_remedy():
    text = """\
[light]
outputt = "gpio:3"
kind = "foo"
[light.schedule]
hours = 99
start = "6 o'clock"
[device]
time_zone = "Mars/Olympus"
[captures]
interval_min = "often"
only_when_lit = 1
quiet_hours = ["25:00-03:00"]
[camera]
settle_s = nan
"""
    settings, faults = check_text(text)
    assert settings.light.kind == "pwm"
    by_key = {fault.key: fault for fault in faults}
    assert [fault.line for fault in faults] == [2, 3, 5, 6, 8, 10, 11, 12, 14]
    assert 'did you mean "output"' in by_key["light.outputt"].remedy
    assert "'pwm', 'relay'" in by_key["light.kind"].remedy
    assert "from 0 to 24" in by_key["light.schedule.hours"].remedy
    assert "HH:MM" in by_key["light.schedule.start"].remedy
    assert "Europe/Berlin" in by_key["device.time_zone"].remedy
    assert by_key["captures.interval_min"].value == "'often'"
    assert "true or false" in by_key["captures.only_when_lit"].remedy
    assert "22:00-06:30" in by_key["captures.quiet_hours"].remedy


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e400"])
def test_numbers_that_are_none_are_refused(value):
    assert check_text(f"[light.schedule]\nlevel = {value}\n")[1]


def test_a_syntax_error_names_its_line():
    settings, (fault,) = check_text('[light]\noutput = "gpio:18\n')
    assert (settings, fault.line) == (Settings(), 2)
    assert "TOML" in fault.remedy


@given(st.text(max_size=300))
def test_no_text_raises(text):
    settings, faults = check_text(text)
    assert isinstance(settings, Settings)
    assert all(fault.line >= 1 for fault in faults)


@given(
    st.recursive(
        st.one_of(st.integers(), st.floats(), st.booleans(), st.text(max_size=5)),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        max_leaves=8,
    )
)
def test_a_wrong_value_anywhere_is_a_fault_not_a_crash(value):
    for section in ("light", "camera", "captures"):
        _, faults = check_text(f"{section} = {_toml(value)}\n")
        assert faults or value == {}


def _toml(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf") if math.isinf(value) else repr(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(c):08x}" if not "\ud800" <= c <= "\udfff" else "?" for c in value) + '"'
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return "{" + ", ".join(f"{_toml(k)} = {_toml(v)}" for k, v in value.items()) + "}"


def test_a_file_that_is_none_says_so(tmp_path):
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    for name in ("missing.toml", "binary.toml", "."):
        with pytest.raises(ConfigError, match=r"read|UTF-8"):
            read_config(tmp_path / name)
    (tmp_path / "huge.toml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(ConfigError, match="larger"):
        read_config(tmp_path / "huge.toml")


def test_a_broken_file_falls_back_on_the_last_good_copy(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text("[captures]\ninterval_min = 7\n")
    assert load(path, tmp_path).settings.captures.interval_min == 7
    path.write_text("[captures]\ninterval_min = 'soon'\n")
    loaded = load(path, tmp_path)
    assert loaded.settings.captures.interval_min == 7
    assert "line 2" in english(loaded.problem)
    assert "last good copy" in english(loaded.problem)


def test_without_a_good_copy_the_defaults_are_in_force(tmp_path):
    loaded = load(tmp_path / "nowhere.toml", tmp_path)
    assert loaded.settings == Settings()
    assert "defaults" in english(loaded.problem)


def test_the_command_prints_faults_and_fails(tmp_path, capsys):
    path = tmp_path / "config.toml"
    path.write_text("[light]\nlevle = 1\n[camera]\nsource = 'hubble'\n")
    assert run(["check-config", str(path)]) == 1
    errors = capsys.readouterr().err
    assert "line 2" in errors
    assert "line 4" in errors
    path.write_text("")
    assert run(["check-config", str(path)]) == 0


@pytest.mark.parametrize(
    ("pin", "reason"),
    [(2, "pulled up"), (3, "pulled up"), (14, "console"), (15, "console"), (0, "identity"), (28, "no GPIO 28")],
)
def test_a_pin_that_would_light_the_lamp_while_the_system_starts_is_refused(pin, reason):
    (fault,) = check_text(f'[light]\noutput = "gpio:{pin}"\n')[1]
    assert (fault.line, fault.key) == (2, "light.output")
    assert reason in fault.remedy
    assert "gpio:18" in fault.remedy


@pytest.mark.parametrize("pin", [4, 13, 18, 27])
def test_other_pins_are_taken(pin):
    assert check_text(f'[light]\noutput = "gpio:{pin}"\n')[1] == ()


CONTRADICTIONS = [
    ("max_hours_per_day = 12", "light.schedule.max_hours_per_day", {"hours": 12.0, "max_hours_per_day": 12.0}),
    ("max_hours_per_day = 0", "light.schedule.max_hours_per_day", {"hours": 0.0, "max_hours_per_day": 0.0}),
    ("hours = 20", "light.schedule.hours", {"hours": 18.0, "max_hours_per_day": 18.0}),
    ("hours = 0.5", "light.schedule.hours", {"hours": 0.5, "sunrise_min": 15.0, "sunset_min": 15.0}),
    (
        "sunset_min = 240\nsunrise_min = 240\nhours = 1",
        "light.schedule.sunrise_min",
        {"hours": 1.0, "sunset_min": 30.0},
    ),
]


@pytest.mark.parametrize(("text", "key", "fitted"), CONTRADICTIONS)
def test_options_that_contradict_each_other_are_faults_and_break_nothing_else(tmp_path, text, key, fitted):
    path = tmp_path / "c.toml"
    path.write_text(f'[camera]\nsource = "v4l2:/dev/video0"\n[light.schedule]\n{text}\n')
    with pytest.raises(ConfigError) as error:
        read_config(path)
    (fault,) = error.value.faults
    assert fault.key == key
    assert fault.line >= 4
    loaded = load(path, tmp_path / "data")
    assert loaded.settings.camera.source == "v4l2:/dev/video0"
    assert {name: getattr(loaded.settings.light.schedule, name) for name in fitted} == fitted
    assert str(fault) in english(loaded.problem)
    assert not (tmp_path / "data" / "config.last-good.toml").exists(), "a file with faults is no good copy"


@pytest.mark.parametrize(
    "text", ["hours = 0", "hours = 24\nmax_hours_per_day = 24\nsunrise_min = 240\nsunset_min = 240"]
)
def test_no_light_and_always_light_need_no_other_ramps(text):
    assert check_text(f"[light.schedule]\n{text}\n")[1] == ()
