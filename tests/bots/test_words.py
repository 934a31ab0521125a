"""Texts: complete in every language, used, in plain words."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from fluent.runtime import FluentResource
from fluent.syntax.ast import Message

import bots
from bots.words import FOLDER, LOCALES, Words

CODE = sorted(Path(bots.__file__).parent.rglob("*.py"))

JARGON = (
    "рубрик",
    "дайджест",
    "инстанс",
    "токен",
    "чат-бот",
    "чатбот",
    "reach",
    "digest",
    "payload",
    "аккаунт",
    "юзер",
    "админк",
    "пост ",
    "контент",
    "лонгрид",
    "фид",
    "опци",
    "осуществля",
    "данный ",
    "является",
    "в целях",
    "уведомляем",
)

NETWORKS = {"telegram", "телеграм", "телеграме", "vk", "вконтакте", "вк"}


def messages(locale: str) -> dict[str, str]:
    """Return the raw texts by key."""
    found: dict[str, str] = {}
    for path in sorted((FOLDER / locale).glob("*.ftl")):
        source = path.read_text(encoding="utf-8")
        for entry in FluentResource(source).body:
            if isinstance(entry, Message) and entry.span is not None:
                assert entry.id.name not in found, f"{entry.id.name} stands in two files"
                found[entry.id.name] = source[entry.span.start : entry.span.end]
    return found


def literals() -> set[str]:
    """Return every string literal in the code of the conversations."""
    return {
        node.value
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def said() -> set[str]:
    """Return the literal keys that code hands to `say`."""
    found = set()
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr != "say":
                continue
            for argument in node.args:
                for part in ast.walk(argument):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        found.add(part.value)
    return found


def variables(text: str) -> set[str]:
    """Return the values that a text takes."""
    return set(re.findall(r"\$(\w+)", text))


def test_all_languages_have_the_same_texts_with_the_same_values() -> None:
    russian = messages("ru")
    for locale in LOCALES:
        other = messages(locale)
        assert other.keys() == russian.keys()
        for key, text in russian.items():
            assert variables(other[key]) == variables(text), key


def test_every_text_that_code_says_exists() -> None:
    assert said() <= messages("ru").keys()
    assert len(said()) > 100


def test_every_text_is_said_somewhere() -> None:
    assert messages("ru").keys() <= literals()


@pytest.mark.parametrize("jargon", JARGON)
def test_russian_texts_are_in_plain_words(jargon: str) -> None:
    for key, text in messages("ru").items():
        assert jargon not in text.partition("=")[2].lower(), key


def test_no_exclamation_storms() -> None:
    for key, text in messages("ru").items():
        assert text.count("!") <= 1, key


def test_answers_to_presses_fit_the_shortest_messenger() -> None:
    words = Words()
    for key in ("button-dead", "button-old", "saved", "consent-renewed", "ask-changed"):
        for locale in LOCALES:
            assert len(words.say(locale, key)) <= 90


@pytest.mark.parametrize(
    ("key", "count", "wanted"),
    [
        ("forget-channels", 1, "1 канал:"),
        ("forget-channels", 3, "3 канала:"),
        ("forget-channels", 11, "11 каналов:"),
        ("forget-channels", 21, "21 канал:"),
        ("line-limit", 1, "1 новости"),
        ("line-limit", 5, "5 новостей"),
        ("lifted-rest", 2, "2 остановки"),
    ],
)
def test_russian_counts_are_right(key: str, count: int, wanted: str) -> None:
    assert wanted in Words().say("ru", key, count=count)


def test_an_unknown_language_speaks_russian() -> None:
    words = Words()
    assert words.say("fr", "saved") == words.say(None, "saved") == "Сохранили"
    assert words.say("en", "saved") == "Saved"


def test_a_missing_value_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(LookupError):
        Words().say("ru", "link-nowhere")
    with pytest.raises(LookupError, match="subscribed-title"):
        Words().say("ru", "subscribed-title")


def test_no_messenger_is_named_in_conversations() -> None:
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            words = {
                word
                for value in vars(node).values()
                if isinstance(value, str)
                for word in re.findall(r"[a-zа-я]+", value.lower())
            }
            assert not words & NETWORKS, path
    for locale in LOCALES:
        for key, text in messages(locale).items():
            assert not set(re.findall(r"\w+", text.lower())) & (NETWORKS | {"max"}), key
