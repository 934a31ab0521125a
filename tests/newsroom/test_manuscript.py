"""The messages of a submission as one text: nothing seen is lost or doubled, and a heading is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich_checks import assert_sound, cover, rich_texts

from core.richtext import Entity, RichText, Style, plain, styled
from newsroom.manuscript import (
    MANUSCRIPT_LIMIT,
    TITLE_LIMIT,
    Manuscript,
    cleaned,
    manuscript,
    too_long,
)

LONG = "д" * TITLE_LIMIT


@pytest.mark.parametrize(
    ("pieces", "title", "body"),
    [
        ([], "", ""),
        (["", " \n\t", "\u200b"], "", ""),
        (["Собрание прошло."], "", "Собрание прошло."),
        (["Собрание"], "", "Собрание"),
        (["Собрание\n"], "", "Собрание"),
        (["Собрание\n\nПрошло вчера."], "Собрание", "Прошло вчера."),
        (["  Собрание \n \nПрошло вчера."], "Собрание", "Прошло вчера."),
        (["Собрание", "Прошло вчера."], "Собрание", "Прошло вчера."),
        (["Кто победил?\n\nМы!"], "Кто победил?", "Мы!"),
        (["Собрание\nв Твери\n\nПрошло."], "", "Собрание\nв Твери\n\nПрошло."),
        (["Собрание\nПрошло вчера."], "", "Собрание\nПрошло вчера."),
        (["Было собрание.\n\nДва."], "", "Было собрание.\n\nДва."),
        (["Коллеги,\n\nДва."], "", "Коллеги,\n\nДва."),
        (["Вопрос;\n\nДва."], "", "Вопрос;\n\nДва."),
        (["Итоги:\n\nДва."], "", "Итоги:\n\nДва."),
        (["И вот…\n\nДва."], "", "И вот…\n\nДва."),
        ([f"{LONG}\n\nДва."], LONG, "Два."),
        ([f"{LONG}д\n\nДва."], "", f"{LONG}д\n\nДва."),
        (["Заголовок: Собрание\nПрошло вчера."], "Собрание", "Прошло вчера."),
        (["ЗАГОЛОВОК : Собрание.\n\nПрошло."], "Собрание.", "Прошло."),
        (["Заголовок:\nСобрание\nПрошло."], "Собрание", "Прошло."),
        ([f"Заголовок: {LONG}д", "Два."], f"{LONG}д", "Два."),
        (["Заголовок: Собрание"], "", "Собрание"),
        (["Заголовок:"], "", "Заголовок:"),
        (["Подпись", "Ещё\n\n\n\n\nабзац", "Подпись "], "Подпись", "Ещё\n\nабзац"),
        (["Раз.", "Раз."], "", "Раз."),
        (["Раз.\n\n\nдва"], "", "Раз.\n\n\nдва"),
        (["Раз.\r\nдва\rтри\u2028четыре"], "", "Раз.\nдва\nтри\nчетыре"),
        (["\ufeffРа\xadз\u200b\u202e.\x07"], "", "Раз."),
        (["№\xa05 👨\u200d👩\u200d👧 да\u200d."], "", "№\xa05 👨\u200d👩\u200d👧 да."),
    ],
)  # fmt: skip
def test_pieces_become_a_title_and_a_body(pieces: list[str], title: str, body: str) -> None:
    assert manuscript([plain(piece) for piece in pieces]) == Manuscript(title, plain(body))


def test_formatting_is_kept_in_the_body_and_goes_from_the_title() -> None:
    pieces = [styled("Собрание", Style.BOLD), plain("\u200bБыло ") + styled("так", Style.ITALIC)]
    result = manuscript(pieces)
    assert result == Manuscript("Собрание", RichText("Было так", (Entity(5, 3, Style.ITALIC),)))


def test_a_line_that_links_somewhere_stays_where_its_address_is_kept() -> None:
    pieces = [styled("Читать", Style.LINK, "https://a.ru"), plain("Два.")]
    result = manuscript(pieces)
    assert result.title == ""
    assert result.body == RichText("Читать\n\nДва.", (Entity(0, 6, Style.LINK, "https://a.ru"),))


def test_of_a_caption_sent_twice_the_formatted_one_is_kept() -> None:
    formatted = plain("Было ") + styled("так.", Style.BOLD)
    assert manuscript([plain("Было  так."), formatted]).body == formatted


@pytest.mark.parametrize(("over", "answer"), [(0, False), (1, True)])
def test_title_and_body_together_have_a_limit(over: int, answer: bool) -> None:
    assert too_long(Manuscript("а" * 100, plain("б" * (MANUSCRIPT_LIMIT - 100 + over)))) is answer


@given(st.lists(rich_texts(), max_size=4))
def test_nothing_seen_is_lost_or_doubled(pieces: list[RichText]) -> None:
    distinct = {" ".join(p.text.split()): p for p in map(cleaned, pieces) if p.text}
    result = manuscript(pieces)
    seen = [char for piece in distinct.values() for char, _ in cover(piece)]
    assert [c for c in result.title + result.body.text if not c.isspace()] == seen
    assert bool(result.body) is bool(seen)
    assert_sound(result.body)


@given(st.lists(st.text(max_size=40), max_size=3))
def test_any_letters_at_all_are_taken(pieces: list[str]) -> None:
    result = manuscript([plain(piece) for piece in pieces])
    (result.title + result.body.text).encode()
    assert result.body == cleaned(result.body)


@given(rich_texts())
def test_cleaning_twice_is_cleaning_once(rich: RichText) -> None:
    assert cleaned(cleaned(rich)) == cleaned(rich)
