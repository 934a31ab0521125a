"""Where a community's messages stand: on VK they are numbered over all its dialogs, and asked for by that number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.world import Chat


class Numbers:
    """The dialogs of one world's messages by community and number; made complete when one is not known."""

    def __init__(self) -> None:
        """Begin with none."""
        self._dialogs: dict[tuple[str, int], Chat] = {}
        self._complete = False

    def forget(self) -> None:
        """Begin anew: the chats are others now, or most of their messages are gone."""
        self._dialogs.clear()
        self._complete = False

    def note(self, community: str, number: int, chat: Chat, most: int) -> None:
        """Note where a new message stands; of more than `most` the old ones are forgotten."""
        if len(self._dialogs) > most:
            self.forget()
        self._dialogs[community, number] = chat

    def find(self, community: str, number: int, chats: Iterable[Chat]) -> Chat | None:
        """Return the dialog in which a message stands, or stood; `chats` are looked through once."""
        if not self._complete and (community, number) not in self._dialogs:
            self._complete = True
            for chat in chats:
                if chat.kind == "private" and chat.account:
                    self._dialogs |= {
                        (chat.account, said.global_id): chat for said in chat.messages
                    }
        return self._dialogs.get((community, number))
