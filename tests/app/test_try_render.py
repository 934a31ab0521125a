"""`try render`: JSON lines in, parts out, one answer a line whatever the line."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.try_render import run
from core.messenger import Capabilities
from core.richtext import Style

RICH = Capabilities(frozenset(Style), 4096, 1024, 10)
PLAIN = Capabilities(frozenset(), 4096, 4096, 10)


def ask(
    *lines: str | bytes,
    capabilities: Capabilities = RICH,
    as_: Literal["text", "caption"] = "text",
) -> list[Any]:
    data = b"".join(line.encode() if isinstance(line, str) else line for line in lines)
    stdin, out = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"), io.BytesIO()
    stdout = io.TextIOWrapper(out, encoding="utf-8")
    assert run(None, "telegram", as_, capabilities, stdin, stdout) == 0
    return [json.loads(line) for line in out.getvalue().decode().splitlines()]


def line(**fields: Any) -> str:
    return json.dumps(fields) + "\n"


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


def test_html_becomes_parts_with_utf16_entities() -> None:
    (answer,) = ask(line(html="<p>😀 <b>жирно</b></p><a href='https://a.ru'>тут</a>"))
    assert answer == {
        "parts": [
            {
                "text": "😀 жирно\n\nтут",
                "entities": [entity("bold", 3, 5), entity("text_link", 10, 3, url="https://a.ru")],
            }
        ]
    }


def test_plain_messengers_get_plain_text_and_an_empty_list() -> None:
    (answer,) = ask(line(html="<b>а</b> <a href='https://a.ru'>тут</a>"), capabilities=PLAIN)
    assert answer == {"parts": [{"text": "а тут (https://a.ru)", "entities": []}]}


@pytest.mark.parametrize(
    ("text", "entities", "sound"),
    [
        ("abcdef", [("bold", 0, 4), ("italic", 2, 4)], [("bold", 0, 4), ("italic", 2, 2), ("italic", 4, 2)]),
        ("😀abc", [("italic", 3, 99), ("bold", 0, 2)], [("bold", 0, 2), ("italic", 3, 2)]),
        ("abc", [("bold", 1, 0), ("bold", 7, 2), ("bold", -5, 2), ("bold", 1, -1)], []),
        (" abc ", [("bold", 0, 5)], [("bold", 0, 3)]),
        ("ab cd", [("bold", 2, 3), ("mention", 0, 2)], [("bold", 3, 2)]),
        ("a😀b", [("bold", 0, 2)], []),
    ],
)  # fmt: skip
def test_unsound_entities_come_out_sound(
    text: str, entities: list[tuple[str, int, int]], sound: list[tuple[str, int, int]]
) -> None:
    (answer,) = ask(line(text=text, entities=[entity(*item) for item in entities]))
    (part,) = answer["parts"]
    assert part == {"text": text.strip(), "entities": [entity(*item) for item in sound]}


@pytest.mark.parametrize(
    "bad",
    [
        "не json\n", "\n", "[1]\n", "null\n", "{}\n", '{"text": 5}\n', '{"html": null}\n', '{"html": "а"\n',
        '{"text": "а", "entities": 5}\n', '{"text": "а", "entities": [1]}\n', "[" * 100_000 + "\n", b"\xff\xfe{\n",
    ],
    ids=repr,
)  # fmt: skip
def test_a_bad_line_is_answered_in_russian_and_the_rest_goes_on(bad: str | bytes) -> None:
    answers = ask(line(html="раз"), bad, line(html="два"))
    assert [answer["parts"] and answer["parts"][0]["text"] for answer in answers] == [
        "раз",
        None,
        "два",
    ]
    assert any("а" <= char <= "я" for char in answers[1]["error"])


def test_entities_of_impossible_types_are_left_out() -> None:
    odd = [
        {"type": ["bold"], "offset": 0, "length": 1}, {"type": "text_link", "offset": 0, "length": 1, "url": 5},
        {"type": "bold", "offset": "0", "length": 1}, {}, {"type": "text_link", "offset": 0, "length": 1},
    ]  # fmt: skip
    assert ask(line(text="аб", entities=odd)) == [{"parts": [{"text": "аб", "entities": []}]}]


def test_lone_surrogates_and_controls_are_removed_without_moving_entities() -> None:
    url = "https://a.ru/\ud800"
    (answer,) = ask(line(text="\x00a\ud800b\rc", entities=[entity("text_link", 3, 1, url=url)]))
    entities = [entity("text_link", 1, 1, url="https://a.ru/")]
    assert answer == {"parts": [{"text": "ab\nc", "entities": entities}]}


def test_no_text_is_no_part() -> None:
    assert ask(line(html="<p> </p>"), line(text="")) == [{"parts": []}, {"parts": []}]


@pytest.mark.parametrize(
    ("as_", "capabilities", "sizes"),
    [
        ("text", RICH, [4096, 4096, 808]),
        ("caption", RICH, [1024, 4096, 3880]),
        ("caption", PLAIN, [4096, 4096, 808]),
    ],
)
def test_long_text_is_split_by_the_limits(
    as_: Literal["text", "caption"], capabilities: Capabilities, sizes: list[int]
) -> None:
    (answer,) = ask(line(text="😀" * 9000), as_=as_, capabilities=capabilities)
    assert [len(part["text"]) for part in answer["parts"]] == sizes


def test_a_messenger_without_captions_says_so() -> None:
    out = io.StringIO()
    nothing = Capabilities(frozenset(), 4096, 0, 10)
    assert run(None, "vk", "caption", nothing, io.StringIO(), out) == 1
    assert "нет подписей" in json.loads(out.getvalue())["error"]


class _Talk(io.StringIO):
    """Lines that are written only when the answer to the one before has been flushed."""

    def __init__(self, out: io.StringIO) -> None:
        super().__init__()
        self._out = out
        self._asked = 0

    def readline(self, size: int | None = -1, /) -> str:
        assert self._out.getvalue().count("\n") == self._asked
        self._asked += 1
        return line(html="а") if self._asked <= 3 else ""


def test_each_line_is_answered_before_the_next_is_read() -> None:
    out = io.StringIO()
    assert run(None, "telegram", "text", RICH, _Talk(out), out) == 0
    assert out.getvalue().count("\n") == 3


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", "<p>Привет</p>".encode()),
        ("a.json", '{"html": "<p>Привет</p>"}'.encode()),
        ("a.txt", '\ufeff {"text": "Привет", "entities": []}\n'.encode()),
    ],
)
def test_a_file_is_html_or_json(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    out = io.StringIO()
    assert run(tmp_path / name, "telegram", "text", RICH, io.StringIO(), out) == 0
    assert json.loads(out.getvalue()) == {"parts": [{"text": "Привет", "entities": []}]}


@pytest.mark.parametrize("content", [None, b"\xff\xff", b"{"], ids=["missing", "cp1251", "broken"])
def test_an_unreadable_file_is_an_error_in_russian(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "a.json"
    if content is not None:
        file.write_bytes(content)
    out = io.StringIO()
    assert run(file, "telegram", "text", RICH, io.StringIO(), out) == 1
    assert json.loads(out.getvalue())["parts"] is None


def test_a_console_that_knows_no_emoji_gets_escapes() -> None:
    out = io.BytesIO()
    stdout = io.TextIOWrapper(out, encoding="cp1251")
    assert run(None, "telegram", "text", RICH, io.StringIO(line(html="😀")), stdout) == 0
    assert json.loads(out.getvalue())["parts"] == [{"text": "😀", "entities": []}]


_kinds = st.sampled_from(["bold", "italic", "code", "pre", "blockquote", "text_link", "mention"])


@given(
    st.lists(st.sampled_from(["слово ", "😀", "\n\n", " ", "🇷🇺", "Да. "]), max_size=30).map(
        "".join
    ),
    st.lists(st.tuples(_kinds, st.integers(-3, 80), st.integers(-3, 40)), max_size=8),
    st.integers(2, 40),
    st.integers(2, 40),
)
def test_any_entities_come_out_nested_inside_and_on_letters(
    text: str, entities: list[tuple[str, int, int]], limit: int, caption: int
) -> None:
    capabilities = Capabilities(frozenset(Style), limit, caption, 10)
    given_entities = [entity(*item, url="https://a.ru") for item in entities]
    (answer,) = ask(
        line(text=text, entities=given_entities), as_="caption", capabilities=capabilities
    )
    parts = answer["parts"]
    assert "".join("".join(part["text"].split()) for part in parts) == "".join(text.split())
    for index, part in enumerate(parts):
        assert 0 < len(part["text"]) <= (limit if index else caption)
        units = part["text"].encode("utf-16-le")
        ranges = [(e["offset"], e["offset"] + e["length"]) for e in part["entities"]]
        for start, end in ranges:
            inside = units[2 * start : 2 * end].decode("utf-16-le")
            assert inside == inside.strip() != ""
            assert end <= len(units) // 2
            assert not any(s < start < e < end for s, e in ranges)
