"""`sproutcast analyze` and `profile learn` over files as people have them; nothing of theirs is lost or passed over."""

import json
import os
import shutil
import subprocess
import sys
import unicodedata

import cv2
import numpy as np
import pytest

from sproutcast_pi.cli import run
from tests.vision.helpers import render_photo, rosette
from tests.vision.photo import containers


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    """A photograph of one plant, 200 x 150."""
    path = tmp_path_factory.mktemp("photo") / "plant.jpg"
    cv2.imwrite(str(path), cv2.resize(render_photo(rosette((400, 300), 140, 6)), (200, 150)))
    return path


@pytest.fixture
def folder(tmp_path, photo, monkeypatch):
    """A folder to work in, with p/a.jpg and p/b.png."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p").mkdir()
    shutil.copy(photo, "p/a.jpg")
    cv2.imwrite("p/b.png", cv2.imread(str(photo)))
    return tmp_path


def contents(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def names(capsys):
    return [json.loads(line)["file"] for line in capsys.readouterr().out.splitlines()]


# outputs against inputs


def hard_link(source, target):
    os.link(source, target)


def symbolic_link(source, target):
    target.symlink_to(source.resolve())


@pytest.mark.parametrize("options", [["--overlays", "p"], ["--masks", "p"], ["--overlays", "./p/../p"]])
def test_outputs_never_land_on_the_photographs_of_the_run(folder, options, capsys):
    before = contents(folder)
    assert run(["analyze", "p", *options, "--json"]) == 1
    assert contents(folder) == before
    assert "would be overwritten" in capsys.readouterr().err


@pytest.mark.parametrize("link", [hard_link, symbolic_link])
def test_nor_through_links(folder, link, capsys):
    (folder / "out").mkdir()
    link(folder / "p/a.jpg", folder / "out/a.jpg")
    before = contents(folder)
    assert run(["analyze", "p/a.jpg", "--overlays", "out"]) == 1
    assert contents(folder) == before
    assert "out/a.jpg is read by this command" in capsys.readouterr().err


def test_nor_through_a_linked_folder_or_under_another_case(folder, photo, capsys):
    (folder / "out").symlink_to(folder / "p")
    shutil.copy(photo, folder / "p/LEAF.JPG")
    before = contents(folder)
    assert run(["analyze", "p/LEAF.JPG", "--overlays", "out"]) == 1
    assert contents(folder) == before
    assert "would be overwritten" in capsys.readouterr().err


def test_nor_on_a_photograph_that_is_not_of_the_run(folder, photo, capsys):
    (folder / "other").mkdir()
    shutil.copy(photo, folder / "other/a.jpg")
    before = contents(folder)
    assert run(["analyze", "p/a.jpg", "--overlays", "other"]) == 1
    assert contents(folder) == before
    assert "was not written by this command" in capsys.readouterr().err


def test_what_an_earlier_run_wrote_is_replaced_and_is_no_photograph(folder, capsys):
    for _ in range(2):
        assert run(["analyze", "p", "--overlays", "p/seen", "--masks", "p/seen", "--json"]) == 0
        assert names(capsys) == ["a.jpg", "b.png"]
    assert sorted(path.name for path in (folder / "p/seen").iterdir()) == ["a.jpg", "a.png", "b.jpg", "b.png"]


@pytest.mark.parametrize("out", ["p/b.jpg", "p/a.jpg", "p", "notes.txt"])
def test_a_profile_replaces_nothing_but_a_profile(folder, out, photo, capsys):
    shutil.copy(photo, folder / "p/b.jpg")
    (folder / "notes.txt").write_text("watered on Monday")
    before = contents(folder)
    assert run(["profile", "learn", "p/a.jpg", out]) == 1
    assert contents(folder) == before
    assert f"sproutcast: {out} " in capsys.readouterr().err


# outputs against each other


def test_photographs_of_one_name_have_an_output_and_a_line_each(folder, photo, capsys):
    for day in ("mon", "tue"):
        (folder / day).mkdir()
        shutil.copy(photo, folder / day / "plant.jpg")
    assert run(["analyze", "mon/plant.jpg", "tue/plant.jpg", "--masks", "out", "--overlays", "out", "--json"]) == 0
    assert names(capsys) == ["mon/plant.jpg", "tue/plant.jpg"]
    written = {path.name for path in (folder / "out").iterdir()}
    assert written == {"mon__plant.jpg", "mon__plant.png", "tue__plant.jpg", "tue__plant.png"}


@pytest.mark.parametrize(
    "pair",
    [
        ("x.jpg", "x.png"),
        ("x.jpg", "X.JPG"),
        ("a/b.jpg", "a__b.jpg"),
        (unicodedata.normalize("NFC", "grün.jpg"), unicodedata.normalize("NFD", "grün.png")),
        ("x.jpg", "sub/X.jpeg"),
    ],
)
def test_names_that_some_file_system_takes_for_one_have_two_outputs(folder, photo, pair, capsys):
    for name in pair:
        path = folder / "q" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), cv2.imread(str(photo)))
    assert run(["analyze", "q", "--masks", "out", "--json"]) == 0
    assert len(set(names(capsys))) == 2
    written = [path.name for path in (folder / "out").iterdir()]
    assert len({unicodedata.normalize("NFC", name).casefold() for name in written}) == 2


def test_a_photograph_named_twice_is_measured_once(folder, capsys):
    assert run(["analyze", "p", "p/a.jpg", "./p/a.jpg", "--masks", "out", "--json"]) == 0
    assert names(capsys) == ["a.jpg", "b.png"]


# names


def test_a_name_that_is_no_utf8_is_measured_in_every_form(folder, photo):
    for name in (b"Kr\xe4uter.jpg", b"two\nlines.jpg", b"z.jpg"):
        shutil.copy(photo, os.fsencode(folder / "p") + b"/" + name)
    for name in ("a.jpg", "b.png"):
        (folder / "p" / name).unlink()
    command = [sys.executable, "-m", "sproutcast_pi", "analyze", "p", "--masks", "m", "--overlays", "m", "--jobs", "2"]
    for form in (["--json"], []):
        done = subprocess.run([*command, *form], capture_output=True, text=True, check=False, env=ascii_terminal())
        assert done.returncode == 0, done.stderr
        lines = [line for line in done.stdout.splitlines() if not line.startswith("  ")]
        shown = [json.loads(line)["file"] if form else line.split(": ")[0] for line in lines]
        assert shown == ["Kr\\xe4uter.jpg", "two\\nlines.jpg", "z.jpg"]
    assert (folder / "m" / os.fsdecode(b"Kr\xe4uter.png")).stat().st_size > 0


def ascii_terminal():
    return os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}


def test_a_damaged_photograph_with_such_a_name_and_a_missing_one_are_sentences(folder, capsys):
    bad = folder / "p" / os.fsdecode(b"\xff\xfe.jpg")
    bad.write_bytes(b"nothing")
    assert run(["analyze", str(bad), "p/\udce4gone.jpg", "--json"]) == 1
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first["error"].startswith("\\xff\\xfe.jpg is not a picture")
    assert second["error"].startswith("\\xe4gone.jpg can't be read: No such file")
    assert run(["profile", "learn", str(bad), "out.npz"]) == 1
    assert "\\xff\\xfe.jpg is not a picture" in capsys.readouterr().err


# what is a photograph


def test_what_computers_leave_beside_photographs_is_none(folder, photo, capsys):
    (folder / "p/._a.jpg").write_bytes(containers.APPLE_DOUBLE)
    (folder / "p/_a_copied.jpg").write_bytes(containers.APPLE_DOUBLE)
    (folder / "p/notes.txt").write_text("watered")
    (folder / "p/Thumbs.db").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(500))
    for place in ("@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg", "#recycle/old.jpg", ".trash/x.jpg", "__MACOSX/a.jpg", "a.THM"):
        path = folder / "p" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(photo, path)
    assert run(["analyze", "p", "--json"]) == 0
    assert names(capsys) == ["a.jpg", "b.png"]


def test_content_makes_a_photograph_and_an_ending_promises_one(folder, photo, capsys):
    shutil.copy(photo, folder / "p/c_without_ending")
    shutil.copy(photo, folder / "p/d.png")
    (folder / "p/e.jpg").touch()
    (folder / "p/f.HEIC").write_bytes(containers.HEIC)
    (folder / "p/g.jpg").write_bytes(containers.HEIC)
    (folder / "p/h.jpg").write_text("<html>404</html>")
    (folder / "p/i.mp4").write_bytes(containers.VIDEO)
    os.mkfifo(folder / "p/j.jpg")
    assert run(["analyze", "p", "--json"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    errors = {line["file"]: line.get("error", "")[:32] for line in lines}
    assert errors == {
        "a.jpg": "",
        "b.png": "",
        "c_without_ending": "",
        "d.png": "",
        "e.jpg": "e.jpg is empty (0 bytes): take t",
        "f.HEIC": "f.HEIC is a HEIC photograph: sav",
        "g.jpg": "g.jpg is a HEIC photograph: save",
        "h.jpg": "h.jpg is not a picture we can re",
    }


@pytest.mark.parametrize("special", ["/dev/zero", "pipe", "p/sub"])
def test_what_is_no_file_is_refused_at_once(folder, special, capsys):
    os.mkfifo(folder / "pipe")
    (folder / "p/sub").mkdir()
    assert run(["analyze", special]) == 1
    assert capsys.readouterr()


def test_damage_and_pages_reach_the_line(folder, capsys):
    noise = np.random.default_rng(1).integers(0, 255, (240, 320, 3), np.uint8)
    data = containers.jpeg(noise)
    (folder / "p/c.jpg").write_bytes(data[: len(data) // 2] + bytes(3000) + data[-2:])
    (folder / "p/d.tif").write_bytes(containers.tiff(noise[:60, :80], cv2.imread("p/a.jpg")))
    assert run(["analyze", "p/c.jpg", "p/d.tif"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("c.jpg is damaged inside (Corrupt JPEG data")
    assert out.count("the file has 2 pages, only the largest is measured") == 1


# numbers


@pytest.mark.parametrize(
    ("rim", "diameter", "words"),
    [
        (("40", "60"), "12", "40 is not within 0 to 1"),
        (("0.4", "0.6"), "-3", "-3 is not within 1 to 200 cm"),
        (("0.4", "0.6"), "nan", "nan is not within 1 to 200 cm"),
        (("0.4", "0.6"), "201", "201 is not within 1 to 200 cm"),
        (("0.4", "inf"), "12", "inf is not within 0 to 1"),
        (("0.4", "0.4"), "10", "LEFT must be less than RIGHT"),
        (("0.6", "0.4"), "10", "LEFT must be less than RIGHT"),
    ],
)
def test_a_scale_out_of_range_is_refused_with_the_range(folder, rim, diameter, words, capsys):
    try:
        status = run(["analyze", "p/a.jpg", "--pot-rim", *rim, "--pot-diameter", diameter])
    except SystemExit as refused:
        status = refused.code
    printed = capsys.readouterr()
    assert status != 0
    assert words in printed.err
    assert printed.out == ""


def test_a_rim_of_a_few_pixels_is_said_not_to_do(folder, capsys):
    assert run(["analyze", "p/a.jpg", "--pot-rim", "0.4", "0.45", "--pot-diameter", "12"]) == 0
    out = capsys.readouterr().out
    assert "the pot's rim is only 10 pixels wide in the photo" in out
    assert "cm2," not in out


def test_each_note_is_printed_once(folder, capsys):
    grey = cv2.cvtColor(cv2.imread("p/a.jpg"), cv2.COLOR_BGR2GRAY)
    cv2.imwrite("p/grey.jpg", grey)
    run(["analyze", "p/grey.jpg"])
    first = capsys.readouterr().out.splitlines()[0]
    parts = first.split("; ")[1:]
    assert len(parts) == len(set(parts)) > 0
    run(["--language", "de", "analyze", "p/grey.jpg"])
    german = capsys.readouterr().out.splitlines()[0].split("; ")[1:]
    assert len(german) == len(parts)
    assert not set(german) & set(parts)
