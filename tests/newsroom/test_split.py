"""Long texts in parts: where they are cut, and that nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich_checks import assert_sound, cover, rich_texts

from core.richtext import Entity, RichText, Style, plain, styled
from newsroom.grapheme import may_cut
from newsroom.split import split


def cut(text: str, limit: int, first: int | None = None) -> list[str]:
    return [part.text for part in split(plain(text), limit, first)]


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("", 10, []),
        (" \n ", 10, []),
        ("коротко", 7, ["коротко"]),
        ("  по краям \n", 8, ["по краям"]),
        ("один два\n\nтри четыре. Пять\nшесть", 20, ["один два", "три четыре. Пять", "шесть"]),
        ("один два\nтри. Четыре пять", 18, ["один два", "три. Четыре пять"]),
        ("Один два. Три четыре", 15, ["Один два.", "Три четыре"]),
        ("«Ура!» Все встали и пошли", 20, ["«Ура!»", "Все встали и пошли"]),
        ("Живёт в г. Тверь давно", 16, ["Живёт в г. Тверь", "давно"]),
        ("Это А. С. Пушкин и он", 17, ["Это А. С. Пушкин", "и он"]),
        ("один два три", 8, ["один два", "три"]),
        ("один два три", 7, ["один", "два три"]),
        ("абвгд", 2, ["аб", "вг", "д"]),
        ("№\xa0123 и №\xa0456", 9, ["№\xa0123 и", "№\xa0456"]),
        ("а\n\n" + "б" * 30, 20, ["а", "б" * 20, "б" * 10]),
        ("слово https://example.ru/novosti конец", 26, ["слово", "https://example.ru/novosti", "конец"]),
        ("слово(https://example.ru/novosti)", 28, ["слово(", "https://example.ru/novosti)"]),
        ("👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 10, ["👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"]),
        ("🇷🇺🇧🇾🇰🇿", 3, ["🇷🇺", "🇧🇾", "🇰🇿"]),
        ("ае\u0301жз", 2, ["а", "е\u0301", "жз"]),
        ("👍🏽👍🏽", 3, ["👍🏽", "👍🏽"]),
        ("❤️❤️", 3, ["❤️", "❤️"]),
        ("а" + "\u0301" * 5, 3, ["а\u0301\u0301", "\u0301" * 3]),
    ],
)  # fmt: skip
def test_text_is_cut_where_it_hurts_least(text: str, limit: int, parts: list[str]) -> None:
    assert cut(text, limit) == parts


def test_the_first_part_has_a_limit_of_its_own() -> None:
    assert cut("один два три четыре", 14, 8) == ["один два", "три четыре"]
    assert cut("один два три четыре", 8, 12) == ["один два три", "четыре"]


def test_an_early_paragraph_end_does_not_leave_a_part_nearly_empty() -> None:
    assert cut("А.\n\n" + "слово " * 10, 40)[0] == "А.\n\n" + "слово " * 5 + "слово"


def test_styles_go_on_in_the_next_part() -> None:
    text = styled("один два три", Style.LINK, "https://a.ru") + plain(" конец")
    assert split(text, 8) == (
        RichText("один два", (Entity(0, 8, Style.LINK, "https://a.ru"),)),
        RichText("три", (Entity(0, 3, Style.LINK, "https://a.ru"),)),
        RichText("конец"),
    )


@pytest.mark.parametrize(("limit", "first"), [(0, None), (5, 0), (-1, 5)])
def test_a_limit_that_holds_nothing_is_refused(limit: int, first: int | None) -> None:
    with pytest.raises(ValueError, match="positive"):
        split(plain("а"), limit, first)


@given(rich_texts(), st.integers(1, 60), st.one_of(st.none(), st.integers(1, 60)))
def test_nothing_is_lost_doubled_or_too_long(rich: RichText, limit: int, first: int | None) -> None:
    parts = split(rich, limit, first)
    assert [pair for part in parts for pair in cover(part)] == cover(rich)
    for index, part in enumerate(parts):
        assert_sound(part)
        assert part.text == part.text.strip() != ""
        assert len(part.text) <= (first if first is not None and index == 0 else limit)


@given(rich_texts(), st.integers(12, 60))
def test_no_letter_as_people_see_it_is_cut(rich: RichText, limit: int) -> None:
    at = 0
    for part in split(rich, limit):
        at = rich.text.index(part.text, at)
        assert may_cut(rich.text, at)
        at += len(part.text)
        assert may_cut(rich.text, at)


@given(
    st.lists(st.sampled_from(["слово", "https://example.ru/a/b", "да", "\n\n", ". "]), max_size=30)
)
def test_no_address_is_cut_that_fits_into_a_part(words: list[str]) -> None:
    text = " ".join(words)
    parts = cut(text, 25)
    assert sum(part.count("https://example.ru/a/b") for part in parts) == words.count(
        "https://example.ru/a/b"
    )


@pytest.mark.parametrize(
    "text",
    ["слово " * 170_000, "." * 1_000_000, "🇷🇺" * 500_000, "a" + "\u0301" * 1_000_000, "a" + " " * 999_998 + "b"],
    ids=["words", "dots", "flags", "accents", "spaces"],
)  # fmt: skip
def test_a_megabyte_is_cut_at_once(text: str) -> None:
    parts = cut(text, 4096)
    assert "".join("".join(parts).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("🇷🇺🇧🇾", 1),
        ("🇷🇺🇧🇾", 3),
        ("e\u0301", 1),
        ("\r\n", 1),
        ("👨‍👩", 1),
        ("👨‍👩", 2),
        ("1️⃣", 1),
        ("1️⃣", 2),
        ("\u1100\u1161\u11a8", 1),
        ("\u1100\u1161\u11a8", 2),
        ("가\u11a8", 1),
    ],
)
def test_one_letter_may_not_be_cut(text: str, at: int) -> None:
    assert not may_cut(text, at)


@pytest.mark.parametrize(
    ("text", "at"), [("🇷🇺🇧🇾", 2), ("аб", 1), ("\n\u0301", 1), ("а", 0), ("а", 1)]
)
def test_between_letters_may_be_cut(text: str, at: int) -> None:
    assert may_cut(text, at)
