"""Texts as VK gets them: what somebody wrote never names somebody else."""

from __future__ import annotations

import pytest

from core.messenger import Part
from core.richtext import plain
from messengers.vk import encode


@pytest.mark.parametrize(
    "text", ["[club1|Все]", "[id5|Пётр] тут", "@all", "см. *online", "@id7 (он)"]
)
def test_a_mention_is_broken_invisibly(text: str) -> None:
    said = encode.literal(text)
    assert said != text
    assert said.replace("\u2060", "") == text
    assert encode.message(Part(plain(text)), ())["message"] == said
    assert encode.post(Part(plain(text)), ())["message"] == said


@pytest.mark.parametrize(
    "text", ["почта a@idea.ru", "[1|2]", "@vestnik", "[приказ]", "всё *важно*", "user@all.ru"]
)
def test_what_names_nobody_stays(text: str) -> None:
    assert encode.literal(text) == text
