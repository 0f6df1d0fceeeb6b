import json
import os
import subprocess
from datetime import UTC, datetime, timedelta

import apsw
import cv2
import numpy as np
import pytest

from sproutcast_pi import cli
from sproutcast_pi.commands import timelapse
from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.formatter import ENGLISH
from sproutcast_pi.model.shown_names import shown_name
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import INTERNAL, Store
from sproutcast_pi.timelapse.text import TextRenderer, _in_visual_order
from sproutcast_pi.timelapse.video import CURVE_HEIGHT, HEIGHT, WIDTH, VideoFrame, write_video

START = datetime(2027, 6, 1, tzinfo=UTC)


def curve_label(low, high):
    return f"{low} to {high}"


def frames(folder, count=8):
    made = []
    for number in range(count):
        path = folder / f"{number}.jpg"
        cv2.imwrite(str(path), np.full((300, 400, 3), (20 * number, 120, 200 - 20 * number), np.uint8))
        made.append(
            VideoFrame(path=path, at=START + timedelta(hours=number), value=float(number) if number != 3 else None)
        )
    return made


def read(path):
    film = cv2.VideoCapture(str(path))
    pictures = []
    while (found := film.read())[0]:
        pictures.append(found[1])
    return pictures


def test_a_film_shows_every_photograph_in_order_with_its_curve(tmp_path):
    out = tmp_path / "film.mp4"
    assert write_video(frames(tmp_path), out, name="Basil", label=curve_label) == 8
    pictures = read(out)
    assert len(pictures) == 8
    assert pictures[0].shape == (HEIGHT, WIDTH, 3)
    blues = [float(picture[300, 640, 0]) for picture in pictures]
    assert blues == sorted(blues)
    green = [np.count_nonzero(picture[HEIGHT - CURVE_HEIGHT :, :, 1] > 180) for picture in pictures]
    assert green[-1] > green[1] > 0


def test_what_cannot_be_read_is_left_out(tmp_path):
    made = frames(tmp_path, 4)
    made[1].path.write_bytes(b"no picture")
    made[2].path.unlink()
    assert write_video(made, tmp_path / "film.mp4", name="Basil", label=curve_label) == 2


def test_no_photograph_at_all_is_no_film(tmp_path):
    gone = [VideoFrame(path=tmp_path / "gone.jpg", at=START, value=1.0)]
    with pytest.raises(SproutcastError, match="no film"):
        write_video(gone, tmp_path / "film.mp4", name="Basil", label=curve_label)
    assert not (tmp_path / "film.mp4").exists()


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SproutcastError, match="can't be written"):
        write_video(frames(tmp_path, 2), tmp_path / "nowhere" / "film.mp4", name="Basil", label=curve_label)


def stick(tmp_path, size):
    place = tmp_path / "stick"
    place.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small file system")
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "small", str(place)], check=True)
    return place


@pytest.mark.parametrize("size", ["100k", "200k", "300k"])
def test_a_full_disk_is_reported_and_keeps_the_film_before(tmp_path, size):
    rng = np.random.default_rng(1)
    made = frames(tmp_path, 30)
    for frame in made:
        cv2.imwrite(str(frame.path), rng.integers(0, 255, (300, 400, 3), np.uint8))
    place = stick(tmp_path, size)
    try:
        before = b"\0\0\0\x18ftypisom"
        (place / "film.mp4").write_bytes(before)
        with pytest.raises(SproutcastError, match="space"):
            write_video(made, place / "film.mp4", name="Basil", label=curve_label)
        assert {path.name: path.read_bytes() for path in place.iterdir()} == {"film.mp4": before}
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_nothing_but_a_film_is_replaced(tmp_path):
    made = frames(tmp_path, 2)
    notes = tmp_path / "diary.mp4"
    notes.write_text("my notes of this year")
    for target in (notes, made[0].path, tmp_path / "film.txt"):
        before = target.read_bytes() if target.exists() else None
        with pytest.raises(SproutcastError):
            write_video(made, target, name="Basil", label=curve_label)
        assert (target.read_bytes() if target.exists() else None) == before
    assert write_video(made, tmp_path / "film.mp4", name="Basil", label=curve_label) == 2
    assert write_video(made, tmp_path / "film.mp4", name="Basil", label=curve_label) == 2


@pytest.mark.parametrize("name", ["Königskerze", "Базилик", "Βασιλικός", "バジル", "바질", "ריחן"])
def test_a_name_is_drawn_in_its_own_script(name):
    def drawn(text):
        picture = np.zeros((60, 400, 3), np.uint8)
        TextRenderer().draw(picture, text, (10, 40))
        return picture

    assert np.count_nonzero(drawn(name)) > 500
    assert not np.array_equal(drawn(name), drawn("?" * len(name)))
    assert not np.array_equal(drawn(name), drawn(name[:-1] + "?"))


@pytest.mark.parametrize("name", ["โหระพา", "तुलसी", "الريحان", "🌵 โหระพา"])
def test_a_name_the_film_can_not_draw_is_replaced(name):
    assert film_name(name) == "Plant 1"


@pytest.mark.parametrize("name", ["Königskerze", "Базилик", "バジル", "바질", "ריחן", "Why? No. 3"])
def test_a_name_the_film_can_draw_stays(name):
    assert film_name(name) == name


def test_ornaments_are_left_out_of_a_film():
    assert film_name("🌵 Cactus") == "Cactus"


def film_name(name):
    plant = {"id": 1, "name": name}
    return shown_name(plant, [plant], ENGLISH, lacks=TextRenderer().lacks)


def test_what_is_read_from_right_to_left_is_drawn_so():
    assert _in_visual_order("ריחן 2 abc") == "ןחיר 2 abc"


@pytest.mark.parametrize(
    ("settings", "zone"),
    [
        ({"time_zone": "Asia/Tokyo", "given_time_zone": "Europe/Berlin"}, "Asia/Tokyo"),
        ({"given_time_zone": "America/New_York"}, "America/New_York"),
        ({"time_zone": "Mars/Olympus", "given_time_zone": "Asia/Kolkata"}, "Asia/Kolkata"),
    ],
)
def test_the_film_shows_the_devices_own_time(tmp_path, settings, zone):
    connection = apsw.Connection(str(tmp_path / "s.db"))
    connection.execute("CREATE TABLE setting (name TEXT, value TEXT)")
    for item in settings.items():
        connection.execute("INSERT INTO setting VALUES (?, ?)", (item[0], json.dumps(item[1])))
    assert timelapse._zone(connection).key == zone


def test_the_film_of_the_command_shows_a_readable_name(tmp_path):
    clock = FakeClock()
    store = Store(tmp_path / "sproutcast.sqlite3", clock=clock, device="spr-film")
    plant = store.call("create_plant", {"name": "โหระพา"}, caller=INTERNAL).value
    for number in range(2):
        capture = store.call("request_capture", {}, caller=INTERNAL).value
        store.call("begin_capture", {"capture_id": capture}, caller=INTERNAL)
        (tmp_path / "pictures").mkdir(exist_ok=True)
        cv2.imwrite(str(tmp_path / "pictures" / f"{number}.jpg"), np.zeros((300, 400, 3), np.uint8))
        quality = {"verdict": "ok", "sharpness": 0.8, "exposure": 0.5}
        answer = {"capture": capture, "file": f"{number}.jpg", "bytes": 1, "quality": quality}
        answer["plants"] = [{"plant": plant, "area_percent": 12.0, "confidence": 0.9}]
        store.call("finish_capture", {"capture_id": capture, "answer": answer}, caller=INTERNAL)
        clock.advance(hours=4)
    store.close()
    film = tmp_path / "film.mp4"
    assert cli.run(["--language", "en", "timelapse", str(plant), str(film), "--data", str(tmp_path)]) == 0

    def distance(name):
        expected = np.full((52, 200, 3), read(film)[0][2, 2], np.uint8)
        TextRenderer().draw(expected, name, (24, 44))
        return np.abs(read(film)[0][:52, :200].astype(int) - expected).mean()

    assert distance(f"Plant {plant}") < distance("??????") / 2
