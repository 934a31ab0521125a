"""Text with entities becomes safe, well nested HTML."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.control.markup import to_html, with_addresses


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("text", "entities", "html"),
    [
        ("a < b & c", [], "a &lt; b &amp; c"),
        ("жирно", [entity("bold", 0, 5)], "<b>жирно</b>"),
        ("abcd", [entity("bold", 0, 3), entity("italic", 1, 3)], "<b>a<i>bc</i></b><i>d</i>"),
        ("abcd", [entity("italic", 1, 2), entity("bold", 0, 4)], "<b>a<i>bc</i>d</b>"),
        ("ab", [entity("bold", 0, 2), entity("italic", 0, 2)], "<b><i>ab</i></b>"),
        ("😀 да", [entity("bold", 3, 2)], "😀 <b>да</b>"),
        ("abc", [entity("bold", 1, 99)], "a<b>bc</b>"),
        ("abc", [entity("bold", 7, 2)], "abc"),
        ("<i>", [entity("code", 0, 3)], "<code>&lt;i&gt;</code>"),
        ("тайна", [entity("spoiler", 0, 5)], '<span class="spoiler">тайна</span>'),
        ("abc", [entity("unheard_of", 0, 3)], "abc"),
    ],
)
def test_entities_become_tags(text: str, entities: list[dict[str, Any]], html: str) -> None:
    assert to_html(text, entities) == html


def test_a_link_carries_its_escaped_address() -> None:
    html = to_html("тут", [entity("text_link", 0, 3, url='https://e.org/?a="b"&c')])
    assert 'href="https://e.org/?a=&quot;b&quot;&amp;c"' in html


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "", "JaVaScript:alert(1)"]
)
def test_a_dangerous_address_makes_no_link(url: str) -> None:
    assert to_html("тут", [entity("text_link", 0, 3, url=url)]) == "тут"


def test_links_do_not_nest() -> None:
    inner = entity("url", 0, 5)
    outer = entity("text_link", 0, 8, url="https://e.org")
    assert to_html("e.org да", [inner, outer]).count("<a ") == 1


def test_an_offset_inside_a_surrogate_pair_does_no_harm() -> None:
    assert "<b>" in to_html("😀да", [entity("bold", 1, 3)])


def linked(text: str, *entities: dict[str, Any]) -> list[str]:
    found = with_addresses(text, entities)[len(entities) :]
    units = text.encode("utf-16-le")
    return [
        units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le") for e in found
    ]


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("Подробнее: http://127.0.0.1:8081/sites/youth/a.html.", ["http://127.0.0.1:8081/sites/youth/a.html"]),
        ("😀 https://a.ru/б?в=1, и vk.com/club1!", ["https://a.ru/б?в=1", "vk.com/club1"]),
        ("(ivanovo-prof.ru) и www.example.org", ["ivanovo-prof.ru", "www.example.org"]),
        ("почта a@union.ru, файл отчёт.doc, 12.30, т.д.", []),
        ("https://a.ru/x«текст»", ["https://a.ru/x"]),
    ],
)  # fmt: skip
def test_plain_addresses_become_links(text: str, addresses: list[str]) -> None:
    assert linked(text) == addresses


@pytest.mark.parametrize("kind", ["url", "text_link", "code"])
def test_an_address_inside_a_link_or_code_is_left_alone(kind: str) -> None:
    assert linked("см. https://a.ru тут", {"type": kind, "offset": 4, "length": 12}) == []


def test_a_plain_address_cannot_break_out_of_its_link() -> None:
    text = "https://a.ru/'onload=alert(1)"
    html = to_html(text, with_addresses(text, []))
    assert html.count("<") == 2
    assert "'" not in html
