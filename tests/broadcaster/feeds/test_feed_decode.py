from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.feeds.decode import decode

SENTENCE = (
    "Областной профсоюз работников здравоохранения подписал соглашение на 2027 год — «Вестник» №5"
)
TEXTS = ("Новости", "Профсоюз", "ПРОФСОЮЗ РАБОТНИКОВ КУЛЬТУРЫ", SENTENCE)
REAL = ("utf-8", "utf-8-sig", "cp1251", "koi8-r", "cp866", "utf-16", "utf-16-le", "utf-16-be")
CLAIMED = (None, "utf-8", "windows-1251", "koi8-r", "cp866", "iso-8859-1", "utf-16", "nonsense")


def document(text: str, prolog: str | None) -> str:
    named = f' encoding="{prolog}"' if prolog else ""
    return f'<?xml version="1.0"{named}?><rss><channel><title>{text}</title></channel></rss>'


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("real", REAL)
def test_russian_is_read_whatever_header_and_prolog_claim(text: str, real: str) -> None:
    for http, prolog in itertools.product(CLAIMED, CLAIMED):
        written = document(text, prolog).encode(real, "ignore")
        claimed = f"text/xml; charset={http}" if http else None
        assert decode(written, claimed) == written.decode(real), (http, prolog)


@pytest.mark.parametrize("real", ["iso8859-5", "mac-cyrillic"])
def test_rarer_encodings_are_known_by_their_letters(real: str) -> None:
    text = SENTENCE.replace("—", "-").replace("«", '"').replace("»", '"').replace("№", "N")
    assert decode(text.encode(real)) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Café déjà vu à la française", "iso-8859-1"),
        ("Größe und Übermut in München", "windows-1252"),
        ("Привіт, як справи? Її їжа є", "windows-1251"),
        ("Прывітанне, сябры ўсе", "windows-1251"),
        ("新闻：工会", "gb2312"),
    ],
)
def test_other_languages_are_read_as_declared(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), f"text/xml; charset={encoding}") == text


@pytest.mark.parametrize(
    "name", ["utf-7", "unicode_escape", "base64", "rot13", "idna", "\0", "x" * 999]
)
def test_encodings_that_are_no_text_are_passed_over(name: str) -> None:
    assert decode(SENTENCE.encode("cp1251"), f"text/xml; charset={name}") == SENTENCE


def test_a_letter_cut_in_half_does_not_spoil_the_rest_of_utf8() -> None:
    broken = SENTENCE.encode() + b"\xd0..." + SENTENCE.encode()
    assert decode(broken) == f"{SENTENCE}\ufffd...{SENTENCE}"


def test_a_byte_order_mark_that_lies_is_dropped() -> None:
    assert decode(b"\xef\xbb\xbf" + SENTENCE.encode("cp1251")) == SENTENCE


def test_zeros_inside_utf8_do_not_make_it_utf16() -> None:
    text = "<rss>\0" + SENTENCE
    assert decode(text.encode()) == text


@given(st.binary(max_size=300), st.one_of(st.none(), st.text(max_size=40)))
def test_any_bytes_become_text_that_can_be_encoded(content: bytes, claimed: str | None) -> None:
    decode(content, claimed).encode()
