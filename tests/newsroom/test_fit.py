"""Posts laid out for messengers that differ in data only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich_checks import assert_sound, cover, rich_texts

from core.messenger import Capabilities, MediaFile, Part
from core.richtext import Entity, RichText, Style, plain, styled
from newsroom.fit import fit, fit_text

RICH = Capabilities(frozenset(Style), 4096, 1024, 10)
PLAIN = Capabilities(frozenset(), 4096, 4096, 10)
LINK = "https://www.prof-tver.example/news/12"
SENTENCE = "Профсоюз провёл собрание в Твери. "


def pictures(count: int) -> list[MediaFile]:
    return [MediaFile(f"{n:02}", Path(f"/{n}"), "image/jpeg", f"{n}.jpg") for n in range(count)]


def paragraphs(count: int, sentences: int) -> str:
    return "\n\n".join(
        f"{n}. " + SENTENCE * (sentences - 1) + SENTENCE.strip() for n in range(count)
    )


def test_a_short_post_is_one_part_from_title_to_footer() -> None:
    (part,) = fit(plain("Текст."), [], RICH, title="Заголовок", link=LINK, footer=plain("#тверь"))
    assert part.text == RichText(
        "Заголовок\n\nТекст.\n\nПодробнее: prof-tver.example\n\n#тверь",
        (Entity(0, 9, Style.BOLD), Entity(30, 17, Style.LINK, LINK)),
    )


def test_without_hidden_links_the_address_itself_is_shown() -> None:
    text = styled("Текст", Style.LINK, "https://a.ru")
    (part,) = fit(text, [], PLAIN, title="Заголовок", link=LINK, footer=styled("Мы", Style.BOLD))
    assert part.text == plain(f"Заголовок\n\nТекст (https://a.ru)\n\nПодробнее: {LINK}\n\nМы")


@pytest.mark.parametrize("first_line", ["Итоги  года", "ИТОГИ ГОДА.", "«Итоги года»"])
def test_a_title_that_is_already_the_first_line_is_not_said_twice(first_line: str) -> None:
    (part,) = fit(plain(f"{first_line}\n\nТекст"), [], RICH, title="Итоги года")
    assert part.text == plain(f"{first_line}\n\nТекст")


def test_a_title_that_only_begins_like_the_first_line_is_said() -> None:
    (part,) = fit(plain("Итоги года подведены"), [], RICH, title="Итоги года")
    assert part.text.text == "Итоги года\n\nИтоги года подведены"


def test_nothing_to_say_is_no_part() -> None:
    assert fit(plain(" \n"), [], RICH) == ()


def test_pictures_alone_need_no_text() -> None:
    assert fit(plain(""), pictures(2), RICH) == (Part(media=tuple(pictures(2)), preview=False),)


@pytest.mark.parametrize(
    ("count", "album", "sizes"),
    [
        (1, 10, [1]), (2, 10, [2]), (10, 10, [10]), (11, 10, [5, 6]), (12, 10, [6, 6]),
        (21, 10, [7, 7, 7]), (3, 1, [1, 1, 1]), (3, 2, [1, 2]), (30, 10, [10, 10, 10]),
    ],
)  # fmt: skip
def test_pictures_go_in_even_albums_in_order(count: int, album: int, sizes: list[int]) -> None:
    parts = fit(plain("Текст"), pictures(count), replace(RICH, album=album))
    assert [len(part.media) for part in parts] == sizes
    assert [file for part in parts for file in part.media] == pictures(count)
    assert [part.text.text for part in parts] == ["Текст"] + [""] * (len(sizes) - 1)


def test_long_text_goes_on_behind_its_caption() -> None:
    text = paragraphs(10, 12)
    parts = fit(plain(text), pictures(11), RICH, title="Заголовок", link=LINK)
    assert [len(part.media) for part in parts] == [5, 0, 6]
    caption, rest, album = (part.text.text for part in parts)
    assert caption.startswith("Заголовок\n\n0. ")
    assert caption.endswith("Твери.") and 512 < len(caption) <= 1024
    assert rest.startswith("2. ") and rest.endswith("Подробнее: prof-tver.example")
    assert album == ""
    body = rest.removesuffix("\n\nПодробнее: prof-tver.example")
    assert f"{caption}\n\n{body}" == f"Заголовок\n\n{text}"


def test_a_caption_of_one_long_paragraph_ends_with_a_sentence() -> None:
    caption, rest = fit(plain(SENTENCE * 40), pictures(1), RICH)
    assert caption.text.text.endswith("Твери.") and len(caption.text.text) > 900
    assert rest.text.text.startswith("Профсоюз") and rest.media == ()


@pytest.mark.parametrize("capabilities", [RICH, PLAIN], ids=["rich", "plain"])
@pytest.mark.parametrize("sentences", range(112, 124))
def test_link_and_footer_stand_with_the_last_paragraph(
    capabilities: Capabilities, sentences: int
) -> None:
    text = SENTENCE * (sentences - 1) + "\n\nПоследний абзац."
    parts = fit(plain(text), [], capabilities, link=LINK, footer=plain("#тверь"))
    assert "Последний абзац.\n\nПодробнее: " in parts[-1].text.text
    assert parts[-1].text.text.endswith("\n\n#тверь")


def test_a_link_takes_the_last_sentence_along_when_there_is_one_paragraph() -> None:
    parts = fit(plain((SENTENCE * 120).strip()), [], RICH, link=LINK)
    assert parts[-1].text.text == f"{SENTENCE.strip()}\n\nПодробнее: prof-tver.example"


def test_a_caption_that_is_full_gives_its_last_sentence_to_the_link() -> None:
    text = (SENTENCE * 30).strip()
    caption, rest = fit(plain(text), pictures(1), RICH, link=LINK)
    assert caption.text.text == (SENTENCE * 29).strip()
    assert rest.text.text == f"{SENTENCE.strip()}\n\nПодробнее: prof-tver.example"


def test_a_footer_longer_than_a_message_is_split_and_not_lost() -> None:
    footer = (SENTENCE * 150).strip()
    parts = fit(plain("Текст."), [], RICH, footer=plain(footer))
    joined = "".join("".join(part.text.text.split()) for part in parts)
    assert joined == "".join(f"Текст.{footer}".split())


def test_a_messenger_without_captions_gets_pictures_and_text_apart() -> None:
    parts = fit(plain("Текст"), pictures(1), replace(RICH, caption_limit=0))
    assert [(len(part.media), part.text.text) for part in parts] == [(1, ""), (0, "Текст")]


def test_one_part_unfolds_a_link_and_none_beside_pictures() -> None:
    long = plain(paragraphs(20, 12))
    assert [p.preview for p in fit(long, [], RICH)] == [True, False, False]
    assert [p.preview for p in fit(long, [], RICH, link=LINK)] == [False, False, True]
    assert not any(part.preview for part in fit(long, pictures(1), RICH, link=LINK))


@given(
    rich_texts(),
    st.integers(0, 5),
    st.integers(1, 60),
    st.integers(0, 60),
    st.integers(1, 3),
    st.sampled_from(["", "Итог", "Большой заголовок дня"]),
    st.sampled_from([None, "https://a.ru"]),
    st.sampled_from([None, plain("#тег"), styled("Мы в сети: все", Style.ITALIC)]),
)
def test_parts_keep_the_limits_and_lose_nothing(
    text: RichText, count: int, limit: int, caption: int, album: int, title: str, link: str | None, footer: RichText | None
) -> None:  # fmt: skip
    capabilities = Capabilities(frozenset(Style), limit, caption, album)
    parts = fit(text, pictures(count), capabilities, title=title, link=link, footer=footer)
    assert [file for part in parts for file in part.media] == pictures(count)
    for part in parts:
        assert part.text or part.media
        assert len(part.media) <= album
        assert len(part.text.text) <= (caption if part.media else limit)
        assert_sound(part.text)
    shown = [pair for part in parts for pair in cover(part.text)]
    body = cover(text)
    begin = next((n for n in range(len(shown) + 1) if shown[n : n + len(body)] == body), None)
    assert begin is not None
    letters = "".join(char for char, _ in shown)
    assert letters.endswith("".join(footer.text.split()) if footer else "")
    assert ("Подробнее:" in letters) == (link is not None)


@pytest.mark.parametrize(("caption", "sizes"), [(True, [1024, 4096, 880]), (False, [4096, 1904])])
def test_text_alone_is_fitted_as_message_or_caption(caption: bool, sizes: list[int]) -> None:
    parts = fit_text(plain("а" * 6000), RICH, caption=caption)
    assert [len(part.text) for part in parts] == sizes


def test_limits_are_counted_in_code_points() -> None:
    assert [len(p.text.text) for p in fit(plain("😀" * 4096), [], RICH)] == [4096]
