"""How much of what was said is kept: so many messages of each chat, and so many of all together.

A platform's server keeps everything. Here the oldest messages go when there are more, as if they had
been deleted without a word, so that a campaign of millions of messages does not eat the memory.
"""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.world import Chat

IN_CHAT, IN_ALL = 10_000, 1_000_000  # messages
_SLACK = 1000  # entries of deleted messages that are no reason to tidy up


class Kept:
    """Counts the messages of one world's chats and drops the oldest above the limits."""

    def __init__(self, in_chat: int = IN_CHAT, in_all: int = IN_ALL) -> None:
        """Keep at most so many messages of one chat, and of all chats together."""
        self.in_chat, self.in_all = in_chat, in_all
        self.forget()

    def forget(self) -> None:
        """Begin to count anew: the chats are others now."""
        self._total = 0
        self._lengths: Counter[int] = Counter()  # by identity: how many messages a chat has
        # The chat of each message in the order in which they came. A deleted message leaves its
        # entry, so a chat may have more entries than messages; the surplus ones count for nothing.
        self._came: deque[Chat] = deque()
        self._entries: Counter[int] = Counter()

    def hold(self, chat: Chat) -> None:
        """Take note of a changed chat and drop what is too much."""
        grown = len(chat.messages) - self._lengths[id(chat)]
        if not grown:
            return
        self._count(chat, grown)
        if grown > 0:
            self._came.extend([chat] * grown)
            self._entries[id(chat)] += grown
        if (surplus := len(chat.messages) - self.in_chat) > 0:
            del chat.messages[:surplus]
            self._count(chat, -surplus)
        while self._total > self.in_all:
            self._drop_oldest()
        if len(self._came) > 2 * self.in_all + _SLACK:
            self._tidy()

    def _count(self, chat: Chat, change: int) -> None:
        self._lengths[id(chat)] += change
        self._total += change

    def _drop_oldest(self) -> None:
        chat = self._came.popleft()
        self._entries[id(chat)] -= 1
        if self._entries[id(chat)] < len(chat.messages):
            del chat.messages[0]
            self._count(chat, -1)

    def _tidy(self) -> None:
        """Leave as many entries of each chat as it has messages, the newest."""
        left = self._lengths.copy()
        newest: list[Chat] = []
        for chat in reversed(self._came):
            if left[id(chat)] > 0:
                left[id(chat)] -= 1
                newest.append(chat)
        self._came = deque(reversed(newest))
        self._entries = self._lengths.copy()
