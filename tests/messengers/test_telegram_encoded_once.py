"""A text that goes to many chats is encoded once, and is the same as if it were encoded for each."""

from __future__ import annotations

import orjson
import pytest

from core.messenger import Button, Part, Place
from core.richtext import Style, plain, styled
from core.words import ChatKind
from messengers.telegram.encode import send_call
from messengers.telegram.texts import Texts

PLACES = (
    Place("1", ChatKind.PRIVATE),
    Place("-100777", ChatKind.GROUP, topic="12"),
    Place("@prof", ChatKind.CHANNEL),
    Place("2", ChatKind.PRIVATE),
)
PARTS = (
    Part(plain("Новость 👋")),
    Part(plain("👋 ") + styled("Ёлка", Style.BOLD), preview=False, silent=True),
    Part(plain("Ну?"), buttons=((Button("Да", "1.0"), Button("Сайт", url="https://a.example")),)),
    Part(plain("Исправлено"), replies_to="77"),
)


def test_every_chat_gets_the_same_call_as_without_remembering() -> None:
    texts = Texts()
    for place in PLACES:
        for part in PARTS:
            kept, plainly = texts.send_call(place, part), send_call(place, part)
            assert kept.method == plainly.method
            assert orjson.loads(orjson.dumps(kept.params)) == plainly.params


def test_texts_that_look_alike_are_not_taken_for_each_other_when_many_have_passed() -> None:
    texts = Texts()
    for number in range(500):
        part = Part(plain(f"Новость {number}"))
        for place in PLACES[:2]:
            params = orjson.loads(orjson.dumps(texts.send_call(place, part).params))
            assert params["text"] == part.text.text


def test_an_unfit_text_is_refused_each_time() -> None:
    texts, part = Texts(), Part(plain(""))
    for place in PLACES[:2]:
        with pytest.raises(ValueError, match="0 characters"):
            texts.send_call(place, part)
