"""Entities put in order, and texts changed under them."""

from __future__ import annotations

import pytest
from hypothesis import given
from rich_checks import assert_sound, cover, rich_texts

from core.richtext import Entity, RichText, Style
from newsroom.entities import Change, change, merge, tidy

BOLD, ITALIC, QUOTE, LINK = Style.BOLD, Style.ITALIC, Style.QUOTE, Style.LINK


def spans(rich: RichText) -> list[tuple[int, int, str]]:
    return [(e.offset, e.end, e.style.value) for e in rich.entities]


@pytest.mark.parametrize(
    ("text", "given_entities", "sound"),
    [
        ("abcdef", [Entity(0, 4, BOLD), Entity(2, 4, ITALIC)], ["0-4 bold", "2-4 italic", "4-6 italic"]),
        ("abcdef", [Entity(2, 4, QUOTE), Entity(0, 4, BOLD)], ["0-2 bold", "2-6 blockquote", "2-4 bold"]),
        ("abcdef", [Entity(3, 1, BOLD), Entity(0, 3, BOLD)], ["0-4 bold"]),
        ("abcdef", [Entity(-2, 4, BOLD), Entity(4, 90, ITALIC)], ["0-2 bold", "4-6 italic"]),
        ("abcdef", [Entity(2, 0, BOLD), Entity(8, 2, BOLD), Entity(2, -1, BOLD)], []),
        (" ab  cd ", [Entity(0, 8, BOLD), Entity(3, 2, ITALIC)], ["1-7 bold"]),
        ("ab cd", [Entity(0, 3, BOLD), Entity(2, 3, BOLD)], ["0-2 bold", "3-5 bold"]),
        ("abcdef", [Entity(0, 4, LINK, "http://a"), Entity(2, 4, LINK, "http://b")], ["0-4 text_link", "4-6 text_link"]),
        ("abcdef", [Entity(0, 4, LINK, "http://a"), Entity(4, 2, LINK, "http://a")], ["0-6 text_link"]),
        ("abcdef", [Entity(0, 4, LINK, None)], []),
    ],
)  # fmt: skip
def test_entities_become_sound(text: str, given_entities: list[Entity], sound: list[str]) -> None:
    result = tidy(RichText(text, tuple(given_entities)))
    assert [f"{start}-{end} {style}" for start, end, style in spans(result)] == sound


@given(rich_texts())
def test_tidy_makes_sound_and_keeps_what_is_under_each_style(rich: RichText) -> None:
    result = tidy(rich)
    assert_sound(result)
    assert cover(result) == cover(rich)
    assert tidy(result) == result


@given(rich_texts())
def test_merge_keeps_half_overlaps_but_no_style_twice(rich: RichText) -> None:
    result = merge(rich)
    assert cover(result) == cover(rich)
    for style in Style:
        ends = [0] + [e.end for e in result.entities if e.style is style]
        starts = [e.offset for e in result.entities if e.style is style]
        assert all(start >= end for start, end in zip(starts, ends, strict=False))


@pytest.mark.parametrize(
    ("changes", "text", "entity"),
    [
        ([Change(2, 2, "«")], "ab«cdef", (3, 5)),
        ([Change(4, 4, "»")], "abcd»ef", (2, 4)),
        ([Change(3, 3, "-")], "abc-def", (2, 5)),
        ([Change(0, 1, "")], "bcdef", (1, 3)),
        ([Change(0, 1, ""), Change(2, 4, "XYZ"), Change(5, 5, "!")], "bXYZe!f", (1, 4)),
    ],
)
def test_a_change_moves_the_entities(
    changes: list[Change], text: str, entity: tuple[int, int]
) -> None:
    result = change(RichText("abcdef", (Entity(2, 2, BOLD),)), changes)
    assert (result.text, [(e.offset, e.end) for e in result.entities]) == (text, [entity])


def test_an_entity_goes_with_all_its_text() -> None:
    assert change(RichText("abcdef", (Entity(2, 2, BOLD),)), [Change(1, 5, "")]).entities == ()
