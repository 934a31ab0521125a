"""Changes shown to people: readable without styles, marked with them, short and quick."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich_checks import assert_sound, rich_texts

from core.richtext import RichText, Style, plain, styled
from newsroom.alignment import align
from newsroom.difference import DIFFERENCE_LIMIT, difference
from newsroom.downgrade import downgrade
from newsroom.rewrite import Content

ONE = "Собрание пройдёт 5 марта в 15:00 в большом зале дома культуры, вход свободный для всех."
TWO = "Ждём всех."
GIVEN = Content("Собрание", plain(f"{ONE}\n\n{TWO}"), (1, 2, 3))


def content(title: str = "Собрание", body: str = GIVEN.body.text, *pictures: int) -> Content:
    return Content(title, plain(body), pictures or (1, 2, 3))


def said(before: Content, after: Content) -> str:
    return difference(before, after).text


def marked(rich: RichText, style: Style) -> list[str]:
    return [rich.text[e.offset : e.end] for e in rich.entities if e.style is style]


@pytest.mark.parametrize(
    ("after", "text"),
    [
        (content(), "Изменений нет."),
        (content("Сбор"), "Заголовок\nБыло: Собрание\nСтало: Сбор"),
        (content(""), "Убран заголовок: Собрание"),
        (
            content("Собрание", f"{ONE.replace('5 ', '6 ')}\n\n{TWO}"),
            "Абзац 1\nБыло: Собрание пройдёт 5 марта в 15:00 в …\n"
            "Стало: Собрание пройдёт 6 марта в 15:00 в …",
        ),
        (
            content("Собрание", f"{ONE.replace('для всех', 'членам профсоюза')}\n\n{TWO}"),
            "Абзац 1\nБыло: … дома культуры, вход свободный для всех.\n"
            "Стало: … дома культуры, вход свободный членам профсоюза.",
        ),
        (
            content("Собрание", f"{ONE.replace('5 ', '6 ').replace('для всех', 'нам')}\n\n{TWO}"),
            "Абзац 1\nБыло: Собрание пройдёт 5 марта в 15:00 в … дома культуры, вход свободный для всех.\n"
            "Стало: Собрание пройдёт 6 марта в 15:00 в … дома культуры, вход свободный нам.",
        ),
        (content("Собрание", ONE), f"Убран абзац 2: {TWO}"),
        (content("Собрание", f"{ONE}\n\nНовый.\n\n{TWO}"), "Добавлен абзац 2: Новый."),
        (content("Собрание", f"{TWO}\n\n{ONE}"), f"Убран абзац 1: {ONE}\n\nДобавлен абзац 2: {ONE}"),
        (content("Собрание", f"{ONE}\n\nА.\n\nБ."), f"Убран абзац 2: {TWO}\n\nДобавлен абзац 2: А.\n\nДобавлен абзац 3: Б."),
        (content("Собрание", GIVEN.body.text, 1, 3), "Фото: убрано 1, было 3, стало 2"),
        (content("Собрание", GIVEN.body.text, 1, 2, 3, 4, 5), "Фото: добавлено 2, было 3, стало 5"),
        (content("Собрание", GIVEN.body.text, 1, 4), "Фото: убрано 2, добавлено 1, было 3, стало 2"),
        (content("Собрание", GIVEN.body.text, 3, 2, 1), "Фото: изменён порядок"),
        (content("Собрание", GIVEN.body.text.replace(" ", "  ")), "Слова в тексте те же, изменено оформление."),
        (
            content("Сбор", f"{ONE}\n\nЖдём вас.", 1),
            "Заголовок\nБыло: Собрание\nСтало: Сбор\n\n"
            "Абзац 2\nБыло: Ждём всех.\nСтало: Ждём вас.\n\nФото: убрано 2, было 3, стало 1",
        ),
    ],
)  # fmt: skip
def test_a_change_reads_in_plain_words(after: Content, text: str) -> None:
    assert said(GIVEN, after) == text
    assert downgrade(difference(GIVEN, after), frozenset()).text == text


def test_a_title_may_come() -> None:
    result = difference(content(""), content("Сбор"))
    assert result == plain("Добавлен заголовок: ") + styled("Сбор", Style.BOLD)


def test_what_went_is_struck_through_and_what_came_is_bold() -> None:
    result = difference(
        GIVEN, content("Сбор", f"{ONE.replace('5 марта', '6 апреля')}\n\n{TWO}\n\nЕщё.")
    )
    assert marked(result, Style.STRIKETHROUGH) == ["Собрание", "5 марта"]
    assert marked(result, Style.BOLD) == ["Сбор", "6 апреля", "Ещё."]


def test_an_address_that_changed_is_shown() -> None:
    before = Content("", styled("сайт", Style.LINK, "https://a.ru"), ())
    after = Content("", styled("сайт", Style.LINK, "https://b.ru"), ())
    assert said(before, after) == "Убрана ссылка: https://a.ru\n\nДобавлена ссылка: https://b.ru"


def test_formatting_alone_is_told() -> None:
    after = Content(GIVEN.title, styled(GIVEN.body.text, Style.BOLD), GIVEN.pictures)
    assert said(GIVEN, after) == "Слова в тексте те же, изменено оформление."


def test_a_paragraph_changed_among_new_ones_is_still_seen_as_changed() -> None:
    before = content("", "Первый абзац.\n\nВторой абзац про сбор в парке.\n\nТретий.")
    after = content("", "Новый.\n\nВторой абзац про сбор в саду.\n\nТретий.")
    assert said(before, after) == (
        "Убран абзац 1: Первый абзац.\n\nДобавлен абзац 1: Новый.\n\n"
        "Абзац 2\nБыло: Второй абзац про сбор в парке.\nСтало: Второй абзац про сбор в саду."
    )


def test_of_too_many_changes_the_last_ones_are_only_mentioned() -> None:
    before = content("Было", "\n\n".join(f"Абзац номер {n}: так." for n in range(300)), 1)
    after = content("Стало", "\n\n".join(f"Абзац номер {n}: иначе." for n in range(300)), 2)
    text = said(before, after)
    assert 3_000 < len(text) <= DIFFERENCE_LIMIT
    assert text.startswith("Заголовок")
    assert text.endswith(
        "Показаны не все изменения.\n\nФото: убрано 1, добавлено 1, было 1, стало 1"
    )


def _hard_pairs() -> list[tuple[str, str]]:
    dice = random.Random(7)
    words = [f"слово{n}" for n in range(900)]
    text = [dice.choice(words) for _ in range(3_700)]
    edited = [word if dice.random() > 0.03 else dice.choice(words) for word in text]
    two = [[dice.choice("аб") for _ in range(15_000)] for _ in range(2)]
    return [
        (" ".join(text), " ".join(edited)),
        (" ".join(text), " ".join(dice.sample(text, len(text)))),
        (" ".join(two[0]), " ".join(two[1])),
        ("\n".join(two[0]), "\n".join(two[1])),
        ("\n".join(map(str, range(5_000))), "\n".join(map(str, range(5_000, 10_000)))),
        ("а" * 30_000, "б" * 30_000),
        ("", "слово " * 5_000),
    ]


@pytest.mark.parametrize(("before", "after"), _hard_pairs(), ids=lambda text: text[:12])
def test_long_texts_are_compared_quickly_and_shown_shortly(before: str, after: str) -> None:
    took = []
    for _ in range(3):  # the collector of a large test run may fall into one of them
        started = time.process_time()
        result = difference(content("", before), content("", after))
        took.append(time.process_time() - started)
    assert min(took) < 0.3
    assert 0 < len(result.text) <= DIFFERENCE_LIMIT


contents = st.builds(
    Content, st.text(max_size=20), rich_texts(), st.lists(st.integers(1, 4), max_size=4).map(tuple)
)


@given(contents, contents)
def test_any_difference_is_sound_and_bounded(before: Content, after: Content) -> None:
    result = difference(before, after)
    assert_sound(result)
    assert 0 < len(result.text) <= DIFFERENCE_LIMIT
    assert difference(before, before) == plain("Изменений нет.")


sequences = st.lists(st.sampled_from("абвгд"), max_size=15)


@given(sequences, sequences)
def test_an_alignment_covers_both_sides_and_is_right_about_what_is_same(
    before: list[str], after: list[str]
) -> None:
    stretches = align(before, after)
    assert [item for s in stretches for item in before[s.a : s.b]] == before
    assert [item for s in stretches for item in after[s.c : s.d]] == after
    assert all((before[s.a : s.b] == after[s.c : s.d]) is s.same for s in stretches)
    assert all(x.same is not y.same for x, y in pairwise(stretches))
