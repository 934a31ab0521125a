"""What is left of styles in a messenger that lacks them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich_checks import assert_sound, rich_texts

from core.richtext import Entity, RichText, Style
from newsroom.downgrade import downgrade
from newsroom.entities import tidy

NONE: frozenset[Style] = frozenset()
LINK, QUOTE, BOLD = Style.LINK, Style.QUOTE, Style.BOLD


@pytest.mark.parametrize(
    ("text", "url", "result"),
    [
        ("тут", "https://a.ru/x", "тут (https://a.ru/x)"),
        ("https://a.ru/x", "https://a.ru/x", "https://a.ru/x"),
        ("http://www.a.ru/x/", "https://a.ru/x", "http://www.a.ru/x/"),
        ("a.ru/x", "https://a.ru/x", "https://a.ru/x"),
        ("a.ru", "https://b.ru/", "a.ru (https://b.ru/)"),
        ("https://a.ru/новости", "https://a.ru/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8", "https://a.ru/новости"),
        ("https://сайт.рф", "https://xn--80aswg.xn--p1ai/", "https://сайт.рф"),
        ("press@a.ru", "mailto:press@a.ru?subject=x", "press@a.ru"),
        ("нам", "mailto:press@a.ru?subject=x", "нам (press@a.ru)"),
        ("+7 (4822) 34-56-78", "tel:+74822345678", "+7 (4822) 34-56-78"),
        ("позвонить", "tel:+74822345678", "позвонить (+74822345678)"),
        ("тут", "https://[", "тут (https://[)"),
    ],
)  # fmt: skip
def test_a_link_is_unfolded_once(text: str, url: str, result: str) -> None:
    rich = RichText(f"см. {text}.", (Entity(4, len(text), LINK, url),))
    assert downgrade(rich, NONE) == RichText(f"см. {result}.")


@pytest.mark.parametrize(
    ("text", "entities", "result"),
    [
        ("он: да", [Entity(4, 2, QUOTE)], "он: «да»"),
        ("он: «да»", [Entity(4, 4, QUOTE)], "он: «да»"),
        ("аб", [Entity(0, 1, QUOTE), Entity(1, 1, QUOTE)], "«аб»"),
        ("аб", [Entity(0, 2, QUOTE), Entity(1, 1, LINK, "http://x")], "«аб (http://x)»"),
        ("абвг", [Entity(0, 3, QUOTE), Entity(2, 2, LINK, "http://x")], "«абв»г (http://x)"),
        ("абвг", [Entity(0, 2, LINK, "http://x"), Entity(2, 2, QUOTE)], "аб (http://x)«вг»"),
        ("абвг", [Entity(0, 4, LINK, "http://x"), Entity(1, 1, BOLD)], "абвг (http://x)"),
        ("абвг", [Entity(0, 4, Style.CODE), Entity(1, 1, Style.SPOILER)], "абвг"),
    ],
)
def test_quotes_and_links_together(text: str, entities: list[Entity], result: str) -> None:
    assert downgrade(RichText(text, tuple(entities)), NONE) == RichText(result)


def test_what_the_messenger_knows_stays_in_its_place() -> None:
    rich = RichText("тут жирно", (Entity(0, 3, LINK, "http://x"), Entity(4, 5, BOLD)))
    assert downgrade(rich, frozenset({BOLD})) == RichText(
        "тут (http://x) жирно", (Entity(15, 5, BOLD),)
    )


@given(rich_texts(), st.frozensets(st.sampled_from(Style)))
def test_only_known_styles_are_left_and_all_letters(
    rich: RichText, styles: frozenset[Style]
) -> None:
    result = downgrade(rich, styles)
    assert_sound(result)
    assert {e.style for e in result.entities} <= styles
    letters = iter(result.text)
    assert all(char in letters for char in rich.text)
    if styles >= {e.style for e in rich.entities}:
        assert result == tidy(rich)
