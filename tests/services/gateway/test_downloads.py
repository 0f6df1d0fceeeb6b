"""Files that are made for a phone: what is in them, who may have them, and what is said where there are none."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from tests.services.gateway.helpers import GatewayHarness, http_request


def prepare(harness: GatewayHarness, token: str, **asked: Any) -> tuple[int, Any]:
    status, answer, _ = http_request(harness, "POST", "/v1/downloads", asked, token=token)
    return status, answer


def photograph(harness: GatewayHarness, plant: int) -> None:
    folder = harness.gateway.settings.pictures
    assert folder is not None
    (folder / "1.jpg").write_bytes(b"a photograph")
    capture = harness.call("request_capture", reason="button")
    harness.call("begin_capture", capture_id=capture)
    answer = {
        "capture": capture, "file": "1.jpg", "thumb": "1.jpg", "width": 640, "height": 480, "bytes": 12,
        "sha256": "0" * 64, "quality": {"verdict": "ok", "sharpness": 0.8, "exposure": 0.4, "reasons": []},
        "plants": [{"plant": plant, "bbox": [0, 0, 9, 9], "area_px": 9}],
    }  # fmt: skip
    harness.call("finish_capture", capture_id=capture, answer=answer)


def test_a_carer_takes_a_plants_photos_along(harness: GatewayHarness) -> None:
    plant = harness.call("create_plant", name="Basil & <Söhne>")
    token = harness.token("carer")
    status, answer = prepare(harness, token, kind="photos", plant=plant)
    assert (status, answer["code"]) == (404, "not_found")
    photograph(harness, plant)
    status, answer = prepare(harness, token, kind="photos", plant=plant)
    assert status == 200
    assert "/Basil-S-hne-" in answer["path"]
    status, content, headers = http_request(harness, "GET", answer["path"], token=token)
    assert headers["Content-Disposition"].startswith('attachment; filename="Basil-S-hne-')
    assert zipfile.ZipFile(io.BytesIO(content)).read("1.jpg") == b"a photograph"
    # It is the newest file only, and nobody finds it without its address and a role.
    old = answer["path"]
    assert http_request(harness, "GET", old, token=harness.token("viewer"))[0] == 403
    assert prepare(harness, token, kind="photos", plant=plant)[0] == 200
    assert http_request(harness, "GET", old, token=token)[0] == 404


def test_what_a_role_may_not_have_is_refused(harness: GatewayHarness) -> None:
    plant = harness.call("create_plant", name="Basil")
    for role, kind in (("viewer", "film"), ("viewer", "photos"), ("carer", "numbers"), ("carer", "backup")):
        status, answer = prepare(harness, harness.token(role), kind=kind, plant=plant)
        assert (status, answer["code"]) == (403, "forbidden"), (role, kind)
    assert http_request(harness, "GET", "/v1/log", token=harness.token("carer"))[0] == 403
    assert http_request(harness, "POST", "/v1/downloads", {"kind": "numbers"})[0] == 401


def test_a_film_that_can_not_be_made_says_why(harness: GatewayHarness) -> None:
    plant = harness.call("create_plant", name="Basil")
    status, answer = prepare(harness, harness.token("carer"), kind="film", plant=plant, language="de")
    assert status == 503
    assert "Basil" in answer["message"]
    assert prepare(harness, harness.token("carer"), kind="film", plant=99)[0] == 404
