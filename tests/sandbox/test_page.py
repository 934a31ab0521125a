"""The page comes whole from the sandbox itself and runs nothing of anybody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from asked import Asked

from sandbox import page

FOLDER = Path(page.__file__).parent
TEXTS = sorted([*FOLDER.glob("*.js"), *FOLDER.glob("*.html"), *FOLDER.glob("*.css")])


@pytest.fixture(scope="module")
def town() -> Iterator[Asked]:
    with Asked() as asked:
        yield asked


def test_the_page_and_all_it_names_are_served(town: Asked) -> None:
    answer = town.get("/")
    named = re.findall(r'(?:href|src)="(/page/[^"]+)"', answer.text)
    assert len(named) >= 3
    assert {town.get(path).status_code for path in [*named, "/favicon.ico"]} == {200}


@pytest.mark.parametrize("path", [p for p in TEXTS if p.suffix == ".js"], ids=lambda p: p.name)
def test_every_import_of_a_script_is_served(town: Asked, path: Path) -> None:
    answer = town.get(f"/page/{path.name}")
    assert answer.headers["content-type"].startswith("text/javascript")
    for name in re.findall(r'from "\./([^"]+)"', answer.text):
        assert town.get(f"/page/{name}").status_code == 200


def test_foreign_scripts_and_inline_ones_are_forbidden(town: Asked) -> None:
    policy = town.get("/").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.name)
def test_no_file_reaches_out_or_needs_inline_code(path: Path) -> None:
    text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://", text)
    assert not re.search(r"<[a-z]+[^>]*\s(on[a-z]+|style)=", text)
    assert not re.search(r"<script(?![^>]*src=)|<style", text)


@pytest.mark.parametrize(
    "name", ["__init__.py", "..%2Fdemo.py", "none.js", "%2e%2e%2fworld.py", "index.html"]
)
def test_nothing_else_of_the_folder_is_served(town: Asked, name: str) -> None:
    assert town.get(f"/page/{name}").status_code == 404
