"""The community's dialogs: with people, and group conversations it was invited to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.clock import Clock
from core.messenger import Outcome, Part, Place, Rights, Sent, Unknown
from core.words import ChatKind
from messengers.vk import encode, outcomes
from messengers.vk.capabilities import capabilities
from messengers.vk.client import Caller, Refusal
from messengers.vk.people import People
from messengers.vk.uploads import Uploads

_LOOKED_THROUGH = 200  # messages, the most of one messages.getHistory


class Dialogs:
    """What is done with the community key."""

    def __init__(
        self, caller: Caller, asides: Caller, uploads: Uploads, people: People, clock: Clock
    ) -> None:
        """Deliver through `caller`, ask through `asides`."""
        self._caller, self._asides = caller, asides
        self._uploads, self._people, self._clock = uploads, people, clock

    async def send(self, places: Sequence[Place], part: Part, key: int) -> Sequence[Outcome]:
        """Send a part to up to a hundred dialogs in one call."""
        if len(places) > capabilities(places[0].kind).pack:
            raise ValueError(f"{len(places)} dialogs in one call")
        try:
            attachments, refs = await self._uploads.attach(part)
        except outcomes.FAILURES as error:
            return [self._explained(error, place, create=False) for place in places]
        params = encode.message(part, attachments)
        if part.replies_to is not None:
            params["forward"] = encode.reply(places[0], part.replies_to)
        return await self._send(places, params, key, refs)

    async def _send(
        self,
        places: Sequence[Place],
        params: Mapping[str, Any],
        key: int,
        refs: Mapping[str, str],
    ) -> Sequence[Outcome]:
        peers = ",".join(place.chat for place in places)
        try:
            # Always peer_ids: with one peer_id VK tells no conversation message id.
            result = await self._caller.call(
                "messages.send", peer_ids=peers, random_id=key, **params
            )
        except outcomes.FAILURES as error:
            made = [self._explained(error, place, create=True) for place in places]
            if len(places) == 1 or not outcomes.is_personal(made[0]):
                return made
            # One recipient has spoilt the call for all. The key keeps everybody from getting it twice.
            return [
                outcome
                for place in places
                for outcome in await self._send([place], params, key, refs)
            ]
        answers = _by_peer(result)
        return [self._outcome(answers.get(place.chat), place, refs) for place in places]

    def _outcome(
        self, answer: dict[str, Any] | None, place: Place, refs: Mapping[str, str]
    ) -> Outcome:
        refusal = _error(answer or {})
        if refusal is not None:
            return self._explained(refusal, place, create=True)
        number = answer.get("conversation_message_id") if answer else None
        if not number:
            return Unknown("VK's answer does not name this recipient")
        return Sent((str(number),), refs)

    async def edit(self, place: Place, messages: Sequence[str], part: Part) -> Outcome:
        """Replace text, pictures and buttons of a message."""
        (message,) = messages
        try:
            attachments, refs = await self._uploads.attach(part)
            # What is not named again goes away; buttons have to be sent away (unconfirmed by VK).
            params = {"keyboard": encode.NO_KEYBOARD} | encode.message(part, attachments)
            await self._caller.call("messages.edit", peer_id=place.chat, cmid=message, **params)
        except outcomes.FAILURES as error:
            return self._explained(error, place, create=False)
        return Sent((message,), refs)

    async def delete(self, place: Place, messages: Sequence[str]) -> Outcome:
        """Delete for everybody; VK names those that are not there without an error."""
        cmids = ",".join(messages)
        try:
            result = await self._caller.call(
                "messages.delete", peer_id=place.chat, cmids=cmids, delete_for_all=1
            )
        except outcomes.FAILURES as error:
            return outcomes.gone_is_deleted(self._explained(error, place, create=False), messages)
        refusals = [refusal for one in _dicts(result) if (refusal := _error(one)) is not None]
        if refusals:
            return self._explained(refusals[0], place, create=False)
        return Sent(tuple(messages))

    async def look_up(self, place: Place, key: int, part: Part) -> Sent | None:
        """Look for our random_id, or for our text where VK tells no random_id.

        Raises Refusal, NotLeft and Lost.
        """
        history = await self._asides.call(
            "messages.getHistory", peer_id=place.chat, count=_LOOKED_THROUGH
        )
        items = history.get("items") if isinstance(history, dict) else None
        ours = [one for one in _dicts(items) if one.get("out") or one.get("from_id", 0) < 0]
        known = [one for one in ours if one.get("random_id") == key]
        text = encode.literal(part.text.text)
        silent = [one for one in ours if not one.get("random_id") and one.get("text") == text]
        found = known or (silent if text else [])
        return Sent((str(found[0].get("conversation_message_id")),)) if found else None

    async def rights(self, place: Place) -> Rights:
        """Ask whether the community may write in a dialog. Raises Refusal, NotLeft and Lost."""
        found = await self._asides.call(
            "messages.getConversationsById", peer_ids=place.chat, extended=0
        )
        items = _dicts(found.get("items") if isinstance(found, dict) else None)
        if not items:
            return Rights(False, "", "no conversation")
        title = str(items[0].get("chat_settings", {}).get("title", ""))
        if place.kind is ChatKind.PRIVATE:
            title = (await self._people.of([place.chat])).get(place.chat, "")
        may = items[0].get("can_write", {})
        allowed = bool(may.get("allowed"))
        return Rights(allowed, title, "" if allowed else f"can_write: {may.get('reason')}")

    def _explained(self, error: Exception, place: Place, *, create: bool) -> Outcome:
        return outcomes.explained(error, place.kind, self._clock.now(), create=create)


def _by_peer(result: Any) -> dict[str, dict[str, Any]]:
    return {str(one["peer_id"]): one for one in _dicts(result) if "peer_id" in one}


def _error(answer: Mapping[str, Any]) -> Refusal | None:
    error = answer.get("error")
    if not isinstance(error, dict):
        return None
    code = error.get("code")
    return Refusal(code if isinstance(code, int) else 0, str(error.get("description", "")))


def _dicts(found: Any) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
