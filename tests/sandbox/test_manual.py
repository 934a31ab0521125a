"""docs/sandbox.md says what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox import manual

PAGE = Path(__file__).parents[2] / "docs" / "sandbox.md"


def test_the_tables_are_those_of_today() -> None:
    page = PAGE.read_text("utf-8")
    assert manual.renewed(page) == page, "the tables are stale: run `make docs`"


def test_a_page_without_a_place_for_them_is_named() -> None:
    with pytest.raises(manual.Stale, match="tables: begin"):
        manual.renewed("# no place")
