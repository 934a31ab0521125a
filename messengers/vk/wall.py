"""The community's wall. VK lets only a human's key write there, one with the right `wall`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.clock import Clock
from core.messenger import Later, Outcome, Part, Rights, Sent, Unknown
from core.words import ChatKind, Reason
from messengers.vk import encode, outcomes
from messengers.vk.client import Caller, Refusal
from messengers.vk.groups import only_group
from messengers.vk.uploads import Uploads

_LOOKED_THROUGH = 50  # posts, the limit of a day


class Wall:
    """What is done with the user key."""

    def __init__(self, caller: Caller, group: int, uploads: Uploads, clock: Clock) -> None:
        """Write on the wall of `group`."""
        self._caller, self._group = caller, group
        self._uploads, self._clock = uploads, clock

    async def send(self, part: Part, key: int) -> Outcome:
        """Publish a post in the community's name."""
        try:
            attachments, refs = await self._uploads.attach(part)
        except outcomes.FAILURES as error:
            return self._explained(error, create=False)
        params = encode.post(part, attachments)
        try:
            result = await self._call("wall.post", from_group=1, guid=str(key), **params)
            return Sent((str(result["post_id"]),), refs)
        except outcomes.FAILURES as error:
            return self._explained(error, create=True)
        except (KeyError, TypeError):
            return Unknown("VK's answer holds no post")

    async def edit(self, messages: Sequence[str], part: Part) -> Outcome:
        """Replace text and pictures of a post."""
        (post,) = messages
        try:
            attachments, refs = await self._uploads.attach(part)
            await self._call("wall.edit", post_id=post, **encode.post(part, attachments))
        except outcomes.FAILURES as error:
            return self._explained(error, create=False)
        return Sent((post,), refs)

    async def delete(self, messages: Sequence[str]) -> Outcome:
        """Delete posts; one that is not there counts as deleted."""
        for post in messages:
            try:
                await self._call("wall.delete", post_id=post)
            except outcomes.FAILURES as error:
                outcome = self._explained(error, create=False)
                outcome = outcomes.gone_is_deleted(outcome, messages)
                if not isinstance(outcome, Sent):
                    return outcome
        return Sent(tuple(messages))

    async def look_up(self, part: Part) -> Sent | None:
        """Look for our text, the newest post first; a post without text cannot be told from others.

        Raises Refusal, NotLeft and Lost.
        """
        found = await self._call("wall.get", count=_LOOKED_THROUGH)
        items = found.get("items") if isinstance(found, dict) else None
        for one in items or ():
            same = part.text and one.get("text") == encode.literal(part.text.text)
            if same and one.get("from_id") == -self._group:
                return Sent((str(one["id"]),))
        return None

    async def rights(self, title: str) -> Rights:
        """Ask whether the key opens the wall. Raises Refusal, NotLeft and Lost."""
        try:
            found = await self._caller.call(
                "groups.getById", group_id=self._group, fields="can_post,is_admin"
            )
            # An address to upload to is refused to a key without the right to walls.
            await self._caller.call("photos.getWallUploadServer", group_id=self._group)
        except Refusal as error:
            outcome = self._explained(error, create=False)
            if isinstance(outcome, Later) and outcome.reason is not Reason.TOKEN_DEAD:
                raise  # it passes: no news about rights
            return Rights(False, title, str(error))
        about = only_group(found)
        if not about.get("can_post", 1):
            return Rights(False, title, "can_post")
        return Rights(True, title, admin=bool(about.get("is_admin", 1)))

    async def _call(self, method: str, **params: Any) -> Any:
        return await self._caller.call(method, owner_id=-self._group, **params)

    def _explained(self, error: Exception, *, create: bool) -> Outcome:
        return outcomes.explained(error, ChatKind.WALL, self._clock.now(), create=create)
