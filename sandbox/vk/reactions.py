"""Reactions to messages: VK's numbers and the signs they stand for.

VK publishes no table; the sixteen of its apps are taken, so 1009 answers any other number.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sandbox.world import Message

SIGNS: Mapping[int, str] = MappingProxyType(
    dict(
        enumerate(
            [
                "❤",
                "🔥",
                "😂",
                "👍",
                "💩",
                "❓",
                "😭",
                "😡",
                "👎",
                "👌",
                "😄",
                "🤔",
                "🙏",
                "😘",
                "😍",
                "🎉",
            ],
            1,
        )
    )
)
_NUMBERS: Mapping[str, int] = MappingProxyType({sign: number for number, sign in SIGNS.items()})
_NAMED = 3  # of those who chose a reaction, a counter names at most so many


def set_one(said: Message, who: int, number: int) -> None:
    """Give somebody's reaction to a message in the place of an earlier one; 0 takes it away."""
    chosen = dict(said.reactions or {})
    chosen.pop(who, None)
    if number:
        chosen[who] = [SIGNS[number]]
    said.reactions = chosen or None


def chosen(said: Message) -> list[tuple[int, int]]:
    """Return (who, number of the reaction), in the order in which they reacted."""
    return [(who, _NUMBERS[signs[0]]) for who, signs in (said.reactions or {}).items()]


def counted(said: Message) -> list[dict[str, Any]]:
    """Return a counter for each reaction that a message has."""
    by_number: dict[int, list[int]] = {}
    for who, number in chosen(said):
        by_number.setdefault(number, []).append(who)
    return [
        {"reaction_id": number, "count": len(who), "user_ids": who[:_NAMED]}
        for number, who in by_number.items()
    ]
