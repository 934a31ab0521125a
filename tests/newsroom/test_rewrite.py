"""Edits said in words: what is understood, what is refused and how, and that nothing else changes."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from rich_checks import assert_sound, rich_texts

from core.errors import RewriteError
from core.richtext import Entity, RichText, Style, plain, styled
from newsroom.manuscript import MANUSCRIPT_LIMIT, cleaned
from newsroom.rewrite import Content, rewrite

BODY = "Собрание пройдёт 5 марта в 15:00.\n\nЖдём всех в ДК «Ромашка».\n\nКонец: звоните, ждём."
GIVEN = Content("Собрание профсоюза", plain(BODY), (11, 12, 13))


def edited(said: str, given: Content = GIVEN) -> Content:
    return rewrite(given, plain(said))


def refusal(said: str, given: Content = GIVEN) -> str:
    with pytest.raises(RewriteError) as caught:
        edited(said, given)
    return str(caught.value)


@pytest.mark.parametrize(
    ("said", "old", "new"),
    [
        ("замени 5 марта на 6 марта", "5 марта", "6 марта"),
        ("ЗАМЕНИ   5 марта   НА   6 марта", "5 марта", "6 марта"),
        ("Пожалуйста, замените «5 марта» на «6 марта».", "5 марта", "6 марта"),
        ("- поменяй 5 марта на 6 марта", "5 марта", "6 марта"),
        ("заменить «5 марта» на \"6 марта\"", "5 марта", "6 марта"),
        ("замени “5 марта” на ‘6 марта’", "5 марта", "6 марта"),
        ("замени '5 марта' на „6 марта“", "5 марта", "6 марта"),
        ("замени слова «5 марта» на «6 марта»", "5 марта", "6 марта"),
        ("замени 5 марта на пойти на праздник", "5 марта", "пойти на праздник"),
        ("замени «5 марта» на «съезд на год»", "5 марта", "съезд на год"),
        ("замени «ДК «Ромашка»» на «ДК «Лютик»»", "ДК «Ромашка»", "ДК «Лютик»"),
        ("замени ДК \"ромашка\" на ДК «Лютик»", "ДК «Ромашка»", "ДК «Лютик»"),
        ("замени пройдет на пройдут", "пройдёт", "пройдут"),
        ("замени 5\xa0марта на 6\xa0марта", "5 марта", "6\xa0марта"),
        ("замени «5 марта» на «»", "5 марта ", ""),
        ("убери «в 15:00»", " в 15:00", ""),
        ("удалите фразу «5 марта».", "5 марта ", ""),
        ("удали 'Собрание пройдёт'", "Собрание пройдёт ", ""),
    ],
)  # fmt: skip
def test_a_phrase_is_replaced_where_it_stands(said: str, old: str, new: str) -> None:
    given = Content("Праздник", plain(BODY), (11,))
    assert edited(said, given) == Content("Праздник", plain(BODY.replace(old, new)), (11,))


@pytest.mark.parametrize(
    "said",
    ["замени везде ждём на зовём", "замени «ждём» на «зовём» везде", "Замените везде «Ждём» на «зовём»"],
)  # fmt: skip
def test_everywhere_means_every_place_so_written(said: str) -> None:
    given = Content("Мы ждём", plain("А ждём, ждём."), ())
    assert edited(said, given) == Content("Мы зовём", plain("А зовём, зовём."), ())


def test_letters_written_just_so_go_before_others_in_any_case() -> None:
    given = Content("Ждём", plain("Мы ждём. Ждем!"), ())
    assert edited("замени «ждём» на «зовём»", given) == Content(
        "Ждём", plain("Мы зовём. Ждем!"), ()
    )


def test_a_phrase_of_the_title_is_found_too() -> None:
    assert edited("замени профсоюза на обкома").title == "Собрание обкома"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("убери абзац 2", [0, 2]),
        ("Удали второй абзац.", [0, 2]),
        ("удалите 2-й абзац", [0, 2]),
        ("убрать абзац №2", [0, 2]),
        ("убери последний абзац", [0, 1]),
        ("удали ТРЕТИЙ абзац", [0, 1]),
        ("убери абзацы 1 и 3", [1]),
        ("убери абзацы 2–3", [0]),
        ("убери 1, 2 абзац", [2]),
        ("убери абзац 3\nубери абзац 1", [1]),
        ("убери все абзацы", []),
    ],
)
def test_a_paragraph_is_taken_out(said: str, kept: list[int]) -> None:
    parts = BODY.split("\n\n")
    assert edited(said).body.text == "\n\n".join(parts[number] for number in kept)


def test_without_empty_lines_the_lines_are_paragraphs() -> None:
    given = Content("", plain("раз\nдва\nтри"), ())
    assert edited("убери абзац 2", given).body.text == "раз\nтри"
    assert edited("добавь абзац: четыре", given).body.text == "раз\nдва\nтри\nчетыре"
    assert edited("абзац 2: 2", given).body.text == "раз\n2\nтри"


@pytest.mark.parametrize(
    ("said", "pictures"),
    [
        ("убери фото 3", (11, 12)),
        ("удали 3 фото", (11, 12)),
        ("Убери последнее фото", (11, 12)),
        ("убери третью фотографию", (11, 12)),
        ("убери фото 1 и 3", (12,)),
        ("убери 1 фото и 3 фото", (12,)),
        ("убери фото 1-2", (13,)),
        ("убери все фото", ()),
        ("убери фото 2\nубери фото 1", (13,)),
    ],
)
def test_a_picture_is_taken_out(said: str, pictures: tuple[int, ...]) -> None:
    assert edited(said) == Content(GIVEN.title, GIVEN.body, pictures)


def test_the_only_picture_needs_no_number() -> None:
    assert edited("убери фото", Content("", plain("а"), (7,))).pictures == ()


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("заголовок: Новый", "Новый"),
        ("Заголовок :  «Новый»", "«Новый»"),
        ("заголовок — Новый", "Новый"),
        ("убери заголовок", ""),
        ("Удали заголовок.", ""),
    ],
)
def test_the_title_is_set_and_cleared(said: str, title: str) -> None:
    assert edited(said) == Content(title, GIVEN.body, GIVEN.pictures)


@pytest.mark.parametrize(
    ("said", "body"),
    [
        ("добавь абзац: Пять", BODY + "\n\nПять"),
        ("добавьте в конец абзац:\nПять\nшесть", BODY + "\n\nПять\nшесть"),
        ("абзац 2: Иначе", BODY.replace("Ждём всех в ДК «Ромашка».", "Иначе")),
        ("Второй абзац: Иначе", BODY.replace("Ждём всех в ДК «Ромашка».", "Иначе")),
        ("последний абзац: Иначе", BODY.replace("Конец: звоните, ждём.", "Иначе")),
    ],
)
def test_a_paragraph_is_added_or_written_anew(said: str, body: str) -> None:
    assert edited(said) == Content(GIVEN.title, plain(body), GIVEN.pictures)


def test_several_lines_are_several_edits_in_order() -> None:
    said = "замени 5 марта на 6 марта\n\nзамени 6 марта на 7 марта\nубери фото 1\nзаголовок: Сбор"
    assert edited(said) == Content("Сбор", plain(BODY.replace("5", "7", 1)), (12, 13))


@pytest.mark.parametrize(
    ("said", "title", "body"),
    [
        ("Новый текст целиком.", "", "Новый текст целиком."),
        ("Новость\n\nНовый текст.", "Новость", "Новый текст."),
        ("Заменили крышу на новую.", "", "Заменили крышу на новую."),
        ("Текст: Замени старое на новое.", "", "Замени старое на новое."),
        ("Текст:\nЗаголовок: Новость\nСлова.", "Новость", "Слова."),
        ("Слова.\n\nУбери фото 1", "", "Слова.\n\nУбери фото 1"),
    ],
)
def test_all_else_is_a_new_text_with_the_same_pictures(said: str, title: str, body: str) -> None:
    assert edited(said) == Content(title, plain(body), GIVEN.pictures)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("", "пустая"),
        ("Текст: ", "пустая"),
        ("замени 8 марта на 9 марта", "нет «8 марта»"),
        ("замени «8 марта» на «9 марта»", "нет «8 марта»"),
        ("убери «8 марта»", "нет «8 марта»"),
        ("замени собрание на сбор", "несколько раз, мест: 2"),
        ("убери «ЖДЕМ»", "мест: 2"),
        ("замени 9 марта на да на нет", "нет «9 марта на да»"),
        ("замени 5 марта", "замени «было» на «стало»"),
        ("Заменить 5 марта", "«Текст:»"),
        ("замени «Ромашка» на Лютик", "Возьмите оба в кавычки"),
        ("замени Ромашка на «Лютик»", "Возьмите оба в кавычки"),
        ("замени заголовок на Новый", "заголовок: новый"),
        ("замени абзац 2 на Новый", "абзац 2: новый текст"),
        ("замени " + "а на " * 100, "Возьмите оба в кавычки"),
        ("убери фразу про дождь", "убери «слова из текста»"),
        ("убери «»", "убери «слова из текста»"),
        ("убери абзац", "Всего абзацев: 3"),
        ("убери абзац 4", "Всего абзацев: 3"),
        ("убери абзац 0", "Номера 0 нет"),
        ("убери абзацы 2-9", "Номера 2-9 нет"),
        ("абзац 4: текст", "Всего абзацев: 3"),
        ("абзац: текст", "Напишите номер"),
        ("абзац 2:", "убери абзац 2"),
        ("абзац 2 текст", "абзац 2: новый текст"),
        ("добавь абзац:", "Нового абзаца нет"),
        ("добавь фото", "Фото так не добавить"),
        ("убери фото 4", "Всего фото: 3"),
        ("убери фото", "Всего фото: 3"),
        ("убери фото про кота", "Всего фото: 3"),
        ("убери фото 999999999999", "Всего фото: 3"),
        ("убери фото 1\nубери фото 2", "одной строкой"),
        ("убери абзац 1\nабзац 2: Новый", "одной строкой"),
        ("заголовок:", "Новый заголовок не написан"),
        ("Заголовок новый", "заголовок: новый заголовок"),
        ("Заголовок: Новый\n\nИ текст.", "Непонятная строка «И текст.»"),
        ("убери фото 1\nспасибо", "Непонятная строка «спасибо»"),
        ("замени везде 1 на " + "слово " * 20_000, "слишком длинным"),
        ("длинно " * (MANUSCRIPT_LIMIT // 7 + 1), "длиннее 30 000 знаков"),
        ("заголовок: Собрание профсоюза", "не изменился"),
        ("замени 5 марта на 5 марта", "не изменился"),
        ("убери все абзацы\nубери все фото\nубери заголовок", "не останется"),
        (f"{GIVEN.title}\n\n{BODY}", "не изменился"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_with_a_remedy(said: str, words: str) -> None:
    assert words in refusal(said)


def test_a_phrase_with_na_in_it_needs_quotes_when_it_can_be_read_in_two_ways() -> None:
    given = Content("", plain("План на год готов."), ())
    assert "кавычки" in refusal("замени план на год на смета на месяц", given)
    said = "замени «План на год» на «Смета на месяц»"
    assert edited(said, given).body.text == "Смета на месяц готов."


@pytest.mark.parametrize(
    ("said", "words"),
    [("убери фото 1", "Фото здесь нет"), ("убери заголовок", "и так нет"), ("убери абзац 1", "Абзацев здесь нет")],
)  # fmt: skip
def test_what_is_not_there_cannot_be_taken_out(said: str, words: str) -> None:
    given = Content("", RichText(), (1,)) if "абзац" in said else Content("", plain("а"), ())
    assert words in refusal(said, given)


def test_a_failing_line_undoes_the_lines_before_it() -> None:
    with pytest.raises(RewriteError):
        edited("убери фото 1\nубери фото 1\nубери «чего нет»")
    assert (GIVEN.body.text, GIVEN.pictures) == (BODY, (11, 12, 13))


@pytest.mark.parametrize(
    ("body", "said", "left"),
    [
        ("раз два три", "убери «два»", "раз три"),
        ("раз, два.", "убери «, два»", "раз."),
        ("раз два.", "убери «два»", "раз."),
        ("два раз", "убери «два»", "раз"),
        ("раз\nдва\nтри", "убери «два»", "раз\nтри"),
        ("раз\n\nдва\n\nтри", "убери «два»", "раз\n\nтри"),
        ("раз\n\nдва", "убери «два»", "раз"),
        ("два\n\nраз", "убери «два»", "раз"),
        ("а б а б а", "убери везде «а»", "б б"),
        ("раздватри", "убери «два»", "разтри"),
    ],
)
def test_taking_words_out_leaves_no_hole(body: str, said: str, left: str) -> None:
    assert edited(said, Content("", plain(body), ())).body.text == left


BOLD, ITALIC = Style.BOLD, Style.ITALIC


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([(0, 14, BOLD)], [(0, 16, BOLD)]),  # covers more than the words
        ([(5, 3, BOLD)], [(5, 5, BOLD)]),  # covers them exactly
        ([(6, 1, BOLD)], []),  # inside them
        ([(0, 7, BOLD)], [(0, 4, BOLD)]),  # reaches into them
        ([(7, 7, BOLD)], [(11, 5, BOLD)]),
        ([(9, 5, BOLD)], [(11, 5, BOLD)]),  # stands behind them
        ([(0, 4, ITALIC), (5, 9, BOLD)], [(0, 4, ITALIC), (5, 11, BOLD)]),
    ],
)
def test_formatting_around_a_replaced_phrase_is_kept(
    before: list[tuple[int, int, Style]], after: list[tuple[int, int, Style]]
) -> None:
    given = Content("", RichText("Наше имя вслух", tuple(Entity(*e) for e in before)), ())
    result = edited("замени «имя» на «слово»", given)
    assert result.body == RichText("Наше слово вслух", tuple(Entity(*e) for e in after))


def test_formatting_of_what_is_said_is_kept() -> None:
    link = styled("сайт", Style.LINK, "https://a.ru")
    given = Content("", plain("Наш сайт тут.\n\nДва."), ())
    swapped = rewrite(given, plain("замени «сайт» на «") + link + plain("»"))
    assert swapped.body == plain("Наш ") + link + plain(" тут.\n\nДва.")
    assert rewrite(given, plain("добавь абзац: ") + link).body == given.body + plain("\n\n") + link
    assert rewrite(given, plain("абзац 1: ") + link).body == link + plain("\n\nДва.")
    assert rewrite(given, plain("Весь ") + link).body == plain("Весь ") + link


def test_a_quote_over_two_paragraphs_outlives_the_loss_of_one() -> None:
    given = Content("", styled("раз\n\nдва\n\nтри", Style.QUOTE), ())
    assert edited("убери абзац 2", given).body == styled("раз\n\nтри", Style.QUOTE)


SAID = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            ["замени", "везде", "убери", "абзац", "фото", "заголовок", "добавь", "текст", "на", "все", "и",
             "1", "2", "-", ":", "последний", "второй", "«", "»", '"', "\n", " ", "слово", "Тверь", "0" * 5000]
        ),
        max_size=14,
    ).map(" ".join),
)  # fmt: skip


@given(rich_texts(), st.text(max_size=20), st.one_of(SAID.map(plain), rich_texts()))
def test_any_edit_is_made_soundly_or_refused(body: RichText, title: str, said: RichText) -> None:
    given = Content(title, cleaned(body), (1, 2))
    with contextlib.suppress(RewriteError):
        result = rewrite(given, said)
        assert_sound(result.body)
        assert result != given
        assert set(result.pictures) <= {1, 2}


WORDS = st.text("абвгд еж.", min_size=1, max_size=12).map(lambda text: " ".join(text.split()))


@given(st.lists(WORDS, min_size=1, max_size=8), WORDS, st.data())
def test_a_replacement_can_be_taken_back(parts: list[str], new: str, data: st.DataObject) -> None:
    text = cleaned(plain("\n\n".join(parts))).text
    assume(text and new)
    start = data.draw(st.integers(0, len(text) - 1))
    old = text[start : data.draw(st.integers(start + 1, len(text)))]
    assume(old == old.strip() and "\n" not in old and old != new)
    given = Content("", plain(text), ())
    try:
        there = edited(f"замени «{old}» на «{new}»", given)
        back = edited(f"замени «{new}» на «{old}»", there)
    except RewriteError as error:
        assert "несколько раз" in str(error)  # any other refusal is a defect
    else:
        assert back == given


def test_the_hardest_edit_is_quick() -> None:
    given = Content("", plain("на а " * (MANUSCRIPT_LIMIT // 5)), ())
    started = time.process_time()
    for said in ("замени " + "нет на " * 15, "замени везде «а» на «б»", "б\n" * 9_000):
        with contextlib.suppress(RewriteError):
            edited(said, given)
    assert time.process_time() - started < 2
