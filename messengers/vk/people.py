"""What people are called: VK's events name them by number only."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from core.incoming import Incoming
from core.words import ChatKind
from messengers.transport import Lost, NotLeft
from messengers.vk.client import Caller, Refusal

log = logging.getLogger(__name__)

_KEPT = 2000  # names
_AT_ONCE = 1000  # ids of one users.get


class People:
    """Names by id, asked once each; a name that cannot be had is empty."""

    def __init__(self, caller: Caller) -> None:
        """Know nobody yet."""
        self._caller = caller
        self._names: OrderedDict[str, str] = OrderedDict()

    async def name(self, batch: Sequence[Incoming]) -> list[Incoming]:
        """Return the batch with names of senders and, in dialogs, of the person it is held with."""
        ids = {one.sender for one in batch if one.sender}
        ids |= {one.chat for one in batch if one.chat_kind is ChatKind.PRIVATE}
        names = await self.of(ids)
        return [
            replace(
                one,
                sender_name=names.get(one.sender or "", ""),
                chat_title=names.get(one.chat, "") if one.chat_kind is ChatKind.PRIVATE else "",
            )
            for one in batch
        ]

    async def of(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the names of these people, as far as they can be had."""
        wanted = set(ids)
        unknown = sorted(wanted - self._names.keys())[:_AT_ONCE]
        found = await self._ask(unknown) if unknown else {}
        self._names |= found
        for id_ in wanted & self._names.keys():
            self._names.move_to_end(id_)
        result = {id_: self._names[id_] for id_ in wanted & self._names.keys()}
        while len(self._names) > _KEPT:
            self._names.popitem(last=False)
        return result

    async def _ask(self, ids: Sequence[str]) -> dict[str, str]:
        try:
            people = await self._caller.call("users.get", user_ids=",".join(ids))
            return {
                str(one["id"]): f"{one['first_name']} {one['last_name']}".strip() for one in people
            }
        except (Refusal, NotLeft, Lost) as error:
            log.warning("names of %d people cannot be had: %s", len(ids), error)
        except (KeyError, TypeError):
            log.warning("names of %d people cannot be read", len(ids))
        return {}
