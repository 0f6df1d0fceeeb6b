"""The page's files as they are shipped: built from their sources, small, its own, every text marked for translation."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from sproutcast_pi.messages.catalogue import TEMPLATES
from sproutcast_pi.messages.page_catalogue import page_catalogue
from sproutcast_pi.messages.translations import languages
from tests.services.gateway.helpers import GatewayHarness, http_request
from tests.web.helpers import BUILT, WEB, node_modules
from tools.catalogues import extracted

FIRST_LOAD_BYTES = 150_000
FIRST_LOAD = ("index.html", "page.js", "page.css", "shared_metrics.js", "icon.svg", "page.webmanifest")
SOURCES = sorted([*WEB.glob("src/**/*.ts"), *WEB.glob("src/**/*.tsx")])


def built_files() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in BUILT.iterdir() if path.is_file() and path.suffix != ".py"}


@pytest.mark.skipif(shutil.which("npm") is None, reason="needs npm, which is no part of the Python environment")
def test_the_files_are_what_the_sources_build(tmp_path: Path) -> None:
    shutil.copytree(WEB, tmp_path / "web", ignore=shutil.ignore_patterns("node_modules"))
    (tmp_path / "web" / "node_modules").symlink_to(node_modules())
    (tmp_path / "sproutcast_pi").mkdir()
    subprocess.run(["npm", "run", "build"], cwd=tmp_path / "web", check=True, stdout=subprocess.DEVNULL)
    fresh = {path.name: path.read_bytes() for path in (tmp_path / "sproutcast_pi" / "web").iterdir()}
    assert fresh.keys() == built_files().keys(), "run `make web`"
    assert [name for name, content in fresh.items() if content != built_files()[name]] == [], "run `make web`"


def test_the_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in (WEB / "package-lock.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", languages())
def test_the_first_load_is_small(language: str) -> None:
    files = built_files()
    sent = [*(files[name] for name in FIRST_LOAD), msgspec.json.encode(page_catalogue(language))]
    total = sum(len(gzip.compress(content)) for content in sent)
    print(f"first load in {language}: {total} bytes compressed")
    assert total < FIRST_LOAD_BYTES
    assert set(re.findall(r'"\./(\w+\.js)"', files["page.js"].decode())) <= {*FIRST_LOAD, "chart.js", "shared_chart.js"}


def test_files_are_sent_compressed_and_once(house: GatewayHarness) -> None:
    for path in ("/", "/page.js", "/page.css"):
        status, plain, headers = http_request(house, "GET", path)
        assert status == 200
        _, packed, _ = http_request(house, "GET", path, headers={"Accept-Encoding": "gzip, br"})
        assert len(packed) < len(plain)
        assert gzip.decompress(packed) == plain
        status, nothing, _ = http_request(house, "GET", path, headers={"If-None-Match": headers["ETag"]})
        assert (status, nothing) == (304, b"")


def test_every_text_of_the_page_is_marked_for_extraction() -> None:
    known = {text for _, found in extracted() for text in ((found,) if isinstance(found, str) else found)}
    assert SOURCES
    for path in SOURCES:
        # A literal with a capital and a space can only be for people; so can words between tags.
        code = re.sub(
            r"(?m)/\*.*?\*/|//.*$|[`\"](?:SELECT|FROM|JOIN) [^`]*?[`\"]",
            "",
            path.read_text(encoding="utf-8"),
            flags=re.DOTALL,
        )
        sentences = re.findall(r'"([A-Z][a-z]* [^"\n]*)"', code) + re.findall(r">\s*([A-Z][a-z]+ [^<>{}\n]*)<", code)
        assert [text for text in sentences if text not in known] == [], path
        for code_name in re.findall(r"named\(`(\w+)\.\$", code):
            assert any(name.startswith(f"{code_name}.") for name in TEMPLATES)


def test_the_page_loads_nothing_from_elsewhere() -> None:
    for name, content in built_files().items():
        text = content.decode()
        # Names of XML namespaces are no addresses.
        addresses = set(re.findall(r"https?://[^\s\"'`)]+", text)) - {
            "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml", "http://www.w3.org/1998/Math/MathML",
            "http://www.w3.org/1999/xlink", "http://www.w3.org/2000/xmlns/",
        }  # fmt: skip
        assert addresses == set(), name
    html = built_files()["index.html"].decode()
    assert " style=" not in html
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", html) == []
    for path in SOURCES:
        assert "innerhtml" not in path.read_text(encoding="utf-8").lower(), path
