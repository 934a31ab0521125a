"""Markup, entities and lengths of Telegram's texts."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.api import Refusal
from sandbox.telegram.html import parse
from sandbox.telegram.markdown import parse_old, parse_v2
from sandbox.telegram.texts import caption, found, message_text


def entity(kind: str, offset: int, length: int, **more: str) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("source", "plain", "entities"),
    [
        ("без разметки", "без разметки", []),
        ("<b>жирный</b> и <I>курсив</I>", "жирный и курсив", [entity("bold", 0, 6), entity("italic", 9, 6)]),
        ("<b>a<i>b</i></b>", "ab", [entity("italic", 1, 1), entity("bold", 0, 2)]),
        ("😀<b>я</b>", "😀я", [entity("bold", 2, 1)]),
        ('<a href="http://a.ru/?x=1&amp;y=2">сайт</a>', "сайт", [entity("text_link", 0, 4, url="http://a.ru/?x=1&y=2")]),
        ("<a href=http://a.ru>x</a>", "x", [entity("text_link", 0, 1, url="http://a.ru")]),
        ("&lt;b&gt; &amp; &quot;x&quot; &#1071; &#x42F; &nbsp;", '<b> & "x" Я Я &nbsp;', []),
        ('<pre><code class="language-python">x</code></pre>', "x", [entity("pre", 0, 1, language="python")]),
        ("<blockquote expandable>ц</blockquote>", "ц", [entity("expandable_blockquote", 0, 1)]),
        ('<span class="tg-spoiler">т</span><tg-spoiler>т</tg-spoiler>', "тт", [entity("spoiler", 0, 1), entity("spoiler", 1, 1)]),
        ("<b></b>пусто", "пусто", []),
    ],
)  # fmt: skip
def test_html_becomes_text_and_entities(source: str, plain: str, entities: list[Any]) -> None:
    assert parse(source) == (plain, entities)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("ы<p>x</p>", 'Unsupported start tag "p" at byte offset 2'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("ы</b>", "Unexpected end tag at byte offset 2"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("5 < 6", 'Unsupported start tag "" at byte offset 2'),
    ],
)
def test_broken_html_is_refused_with_its_byte_offset(source: str, says: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse(source)
    assert refused.value.text == f"Bad Request: can't parse entities: {says}"


@pytest.mark.parametrize(
    ("source", "plain", "entities"),
    [
        ("*ж* _к_ __п__ ~з~ ||с||", "ж к п з с", [
            entity("bold", 0, 1), entity("italic", 2, 1), entity("underline", 4, 1),
            entity("strikethrough", 6, 1), entity("spoiler", 8, 1),
        ]),
        (r"1\. два\!", "1. два!", []),
        ("[сайт](http://a.ru/\\))", "сайт", [entity("text_link", 0, 4, url="http://a.ru/)")]),
        ("`a*b`", "a*b", [entity("code", 0, 3)]),
        ("```python\nx = 1```", "x = 1", [entity("pre", 0, 5, language="python")]),
        (">раз\n>два\nтри", "раз\nдва\nтри", [entity("blockquote", 0, 8)]),
        ("**>раз\n>два||", "раз\nдва", [entity("expandable_blockquote", 0, 7)]),
        ("*a_b_*", "ab", [entity("italic", 1, 1), entity("bold", 0, 2)]),
    ],
)  # fmt: skip
def test_markdown_v2_becomes_text_and_entities(
    source: str, plain: str, entities: list[Any]
) -> None:
    assert parse_v2(source) == (plain, entities)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("конец.", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("ы *ж", "Can't find end of Bold entity at byte offset 3"),
        ("`x", "Can't find end of Code entity at byte offset 0"),
        ("[a](b", "Can't find end of a URL at byte offset 3"),
    ],
)
def test_broken_markdown_v2_is_refused(source: str, says: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_v2(source)
    assert refused.value.text == f"Bad Request: can't parse entities: {says}"


def test_old_markdown_knows_bold_italic_code_and_links() -> None:
    plain, entities = parse_old("*ж* _к_ `c` [т](http://a.ru) \\*")
    assert plain == "ж к c т *"
    assert [e["type"] for e in entities] == ["bold", "italic", "code", "text_link"]
    with pytest.raises(Refusal, match="Can't find end of the entity starting at byte offset 0"):
        parse_old("*ж")


@pytest.mark.parametrize(
    ("plain", "kinds"),
    [
        ("/start payload", {"bot_command": "/start"}),
        ("и /help@vestnik_bot", {"bot_command": "/help@vestnik_bot"}),
        ("http://a.ru/start и a/b", {"url": "http://a.ru/start"}),
        ("(см. https://профсоюз.рф/а_б).", {"url": "https://профсоюз.рф/а_б"}),
        ("#Профсоюз2026 и #5", {"hashtag": "#Профсоюз2026"}),
        ("@vestnik_bot @я", {"mention": "@vestnik_bot"}),
        ("пишите на press@prof.ru!", {"email": "press@prof.ru"}),
        ("😀 /go", {"bot_command": "/go"}),
    ],
)
def test_telegram_finds_links_and_commands_itself(plain: str, kinds: dict[str, str]) -> None:
    raw = plain.encode("utf-16-le")
    cut = {
        e["type"]: raw[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le")
        for e in found(plain, [])
    }
    assert cut == kinds


def test_nothing_is_found_inside_code_and_links() -> None:
    given = [entity("code", 0, 6), entity("text_link", 7, 5, url="http://a.ru")]
    assert found("/start #тема", given) == given


@pytest.mark.parametrize(
    ("read", "name", "limit", "says"),
    [
        (message_text, "text", 4096, "message is too long"),
        (caption, "caption", 1024, "message caption is too long"),
    ],
)
def test_length_is_counted_in_code_points_after_parsing(
    read: Any, name: str, limit: int, says: str
) -> None:
    assert len(read({name: "😀" * limit}).text) == limit
    assert len(read({name: f"<b>{'я' * limit}</b>", "parse_mode": "HTML"}).text) == limit
    with pytest.raises(Refusal, match=says):
        read({name: "я" * (limit + 1)})


@pytest.mark.parametrize(
    "params", [{}, {"text": " \n "}, {"text": "<b> </b>", "parse_mode": "html"}]
)
def test_a_text_without_a_letter_is_empty(params: dict[str, Any]) -> None:
    with pytest.raises(Refusal, match="message text is empty"):
        message_text(params)


def test_white_space_at_the_ends_goes_and_entities_move_along() -> None:
    read = message_text({"text": " \n<b> да </b> ", "parse_mode": "HTML"})
    assert (read.text, read.entities) == ("да", [entity("bold", 0, 2)])


def test_entities_measured_by_the_client_are_kept_where_they_fit() -> None:
    given = [entity("bold", 0, 2), entity("italic", 3, 99), entity("code", 50, 1)]
    read = message_text({"text": "😀 да", "entities": given})
    assert read.entities == [entity("bold", 0, 2), entity("italic", 3, 2)]


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
        ({"text": "x", "entities": "[{"}, "can't parse entities JSON object"),
        (
            {"text": "x", "entities": [{"type": "huge", "offset": 0, "length": 1}]},
            "unsupported type",
        ),
        ({"text": "я" * 20000}, "text is too long"),
    ],
)
def test_what_cannot_be_read_is_refused(params: dict[str, Any], says: str) -> None:
    with pytest.raises(Refusal, match=says):
        message_text(params)
