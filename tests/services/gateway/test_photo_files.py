"""Photographs over HTTP: whole, in parts, unchanged; and nothing but photographs."""

from __future__ import annotations

import pytest

from tests.services.gateway.helpers import GatewayHarness, http_request

PICTURE = bytes(range(256)) * 40


@pytest.fixture
def harness_with_picture(harness: GatewayHarness) -> GatewayHarness:
    folder = harness.gateway.settings.pictures
    assert folder is not None
    (folder / "2026").mkdir()
    (folder / "2026" / "a b.jpg").write_bytes(PICTURE)
    (folder / "notes.txt").write_text("no picture")
    (folder.parent / "secret.jpg").write_bytes(b"outside")
    (folder / "link.jpg").symlink_to(folder.parent / "secret.jpg")
    return harness


def test_a_picture_comes_whole_in_parts_and_not_twice(harness_with_picture: GatewayHarness) -> None:
    path = "/v1/pictures/2026/a%20b.jpg"
    status, body, headers = http_request(harness_with_picture, "GET", path, local=True)
    assert (status, body, headers["Content-Type"]) == (200, PICTURE, "image/jpeg")
    status, body, _ = http_request(harness_with_picture, "GET", path, local=True, headers={"Range": "bytes=10-19"})
    assert (status, body) == (206, PICTURE[10:20])
    status, _, _ = http_request(
        harness_with_picture, "GET", path, local=True, headers={"If-None-Match": headers["Etag"]}
    )
    assert status == 304


@pytest.mark.parametrize(
    "path",
    [
        "../secret.jpg",
        "..%2fsecret.jpg",
        "%2e%2e/secret.jpg",
        "2026/../../secret.jpg",
        "/etc/passwd",
        "link.jpg",
        "notes.txt",
        "2026",
        "a%00.jpg",
        "x" * 5000 + ".jpg",
        "missing.jpg",
    ],
)
def test_what_is_no_picture_of_the_folder_is_not_there(harness_with_picture: GatewayHarness, path: str) -> None:
    status, answer, _ = http_request(harness_with_picture, "GET", f"/v1/pictures/{path}", local=True)
    assert status == 404, answer
    assert answer["code"] == "not_found"


def test_a_stranger_learns_nothing_of_pictures(harness_with_picture: GatewayHarness) -> None:
    assert http_request(harness_with_picture, "GET", "/v1/pictures/2026/a%20b.jpg")[0] == 401
    assert http_request(harness_with_picture, "GET", "/v1/pictures/missing.jpg")[0] == 401
