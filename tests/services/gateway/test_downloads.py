"""Files that are made for a phone: what is in them, who may have them, and what is said where there are none."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from tests.services.gateway.helpers import GatewayHarness, http_request


def prepare(house: GatewayHarness, token: str, **asked: Any) -> tuple[int, Any]:
    status, answer, _ = http_request(house, "POST", "/v1/downloads", asked, token=token)
    return status, answer


def photograph(house: GatewayHarness, plant: int) -> None:
    folder = house.gateway.settings.pictures
    assert folder is not None
    (folder / "1.jpg").write_bytes(b"a photograph")
    capture = house.call("request_capture", reason="button")
    house.call("begin_capture", capture_id=capture)
    answer = {
        "capture": capture, "file": "1.jpg", "thumb": "1.jpg", "width": 640, "height": 480, "bytes": 12,
        "sha256": "0" * 64, "quality": {"verdict": "ok", "sharpness": 0.8, "exposure": 0.4, "reasons": []},
        "plants": [{"plant": plant, "bbox": [0, 0, 9, 9], "area_px": 9}],
    }  # fmt: skip
    house.call("finish_capture", capture_id=capture, answer=answer)


def test_a_carer_takes_a_plants_photos_along(house: GatewayHarness) -> None:
    plant = house.call("create_plant", name="Basil & <Söhne>")
    token = house.token("carer")
    status, answer = prepare(house, token, kind="photos", plant=plant)
    assert (status, answer["code"]) == (404, "not_found")
    photograph(house, plant)
    status, answer = prepare(house, token, kind="photos", plant=plant)
    assert status == 200
    assert "/Basil-S-hne-" in answer["path"]
    status, content, headers = http_request(house, "GET", answer["path"], token=token)
    assert headers["Content-Disposition"].startswith('attachment; filename="Basil-S-hne-')
    assert zipfile.ZipFile(io.BytesIO(content)).read("1.jpg") == b"a photograph"
    # It is the newest file only, and nobody finds it without its address and a role.
    old = answer["path"]
    assert http_request(house, "GET", old, token=house.token("viewer"))[0] == 403
    assert prepare(house, token, kind="photos", plant=plant)[0] == 200
    assert http_request(house, "GET", old, token=token)[0] == 404


def test_what_a_role_may_not_have_is_refused(house: GatewayHarness) -> None:
    plant = house.call("create_plant", name="Basil")
    for role, kind in (("viewer", "film"), ("viewer", "photos"), ("carer", "numbers"), ("carer", "backup")):
        status, answer = prepare(house, house.token(role), kind=kind, plant=plant)
        assert (status, answer["code"]) == (403, "forbidden"), (role, kind)
    assert http_request(house, "GET", "/v1/log", token=house.token("carer"))[0] == 403
    assert http_request(house, "POST", "/v1/downloads", {"kind": "numbers"})[0] == 401


def test_a_film_that_can_not_be_made_says_why(house: GatewayHarness) -> None:
    plant = house.call("create_plant", name="Basil")
    status, answer = prepare(house, house.token("carer"), kind="film", plant=plant, language="de")
    assert status == 503
    assert "Basil" in answer["message"]
    assert prepare(house, house.token("carer"), kind="film", plant=99)[0] == 404
