"""Which rubric an item belongs to, by the categories and words that config.yaml names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RubricRule:
    """Words (beginnings of words, lower case) that speak for a rubric, most telling rubric first."""

    rubric_id: int
    name: str
    words: tuple[str, ...]


_WORD = re.compile(r"\w+")


def rubric_of(
    rules: Sequence[RubricRule], title: str, text: str, categories: Sequence[str]
) -> int | None:
    """Return the rubric named by a category, else the one whose words occur most (title counts thrice)."""
    named = {category.strip().casefold() for category in categories}
    for rule in rules:
        if rule.name.casefold() in named:
            return rule.rubric_id
    words = _words(title) * 3 + _words(text) + [w for c in categories for w in _words(c)]
    best, most = None, 0
    for rule in rules:
        score = sum(word.startswith(rule.words) for word in words) if rule.words else 0
        if score > most:
            best, most = rule.rubric_id, score
    return best


def is_urgent(marks: Sequence[str], title: str, categories: Sequence[str]) -> bool:
    """Tell whether the source itself calls the item urgent: a mark opens its title or is a category."""
    head = title.casefold().lstrip("«\"'[(⚡❗️! ")
    named = {category.strip().casefold() for category in categories}
    return any(
        mark.casefold() in named or re.match(re.escape(mark.casefold()) + r"\b", head) is not None
        for mark in marks
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("ё", "е"))
