"""An account's references of pictures: what is uploaded once is named by its reference from then on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from sqlalchemy.util import LRUCache

from core.clock import Clock
from core.messenger import Later, Outcome, Part, Refused, Sent
from core.words import Reason
from storage import media
from storage.database import Database

POISON_TRIES = 5
POISON_PAUSE_S = 0.2  # those behind it in its chat wait for all tries
PATIENCE_MS = 5_000  # an upload that takes longer may hang: the next one is tried beside it
_REMEMBERED = 2_000  # references

Call = Callable[[Part], Awaitable[Sequence[Outcome]]]


class References:
    """Puts references into parts; the first upload of a picture goes alone, others wait and reuse it."""

    def __init__(
        self, account_id: int, db: Database, clock: Clock, next_slot: Callable[[], Awaitable[None]]
    ) -> None:
        """Look references up in the database; who has waited for an upload takes a `next_slot`."""
        self._account_id = account_id
        self._db = db
        self._clock = clock
        self._next_slot = next_slot
        self._uploading: dict[tuple[str, ...], asyncio.Event] = {}  # scope and SHA-256s
        # (scope, SHA-256) → reference; the database has them all
        self._uploaded: LRUCache[tuple[str, str], str] = LRUCache(_REMEMBERED)
        self._stale: set[tuple[str, str]] = (
            set()
        )  # the database still holds a reference that failed

    async def call(
        self, part: Part, scope: str, attempts: Sequence[int], call: Call
    ) -> Sequence[Outcome]:
        """Make the call with the part's pictures referred to; `attempts` are those before it, one a recipient."""
        pictures = (scope, *(file.sha for file in part.media))
        ready = await self._refer(part, scope)
        if not _complete(ready):
            while not _complete(ready) and (first := self._uploading.get(pictures)):
                came = await self._clock.wait(first, self._clock.now() + PATIENCE_MS)
                if not came and self._uploading.get(pictures) is first:
                    break
                ready = await self._refer(part, scope)
            else:
                if _complete(ready):
                    await self._next_slot()  # those who waited leave one by one again
        if _complete(ready):
            outcomes = await call(ready)
        else:
            outcomes = await self._upload(pictures, ready, call)
        if any(file.ref for file in ready.media) and any(map(_is_bad_media, outcomes)):
            return self._without_stale(part, scope, attempts, outcomes)
        return outcomes

    async def _upload(self, pictures: tuple[str, ...], part: Part, call: Call) -> Sequence[Outcome]:
        done = self._uploading[pictures] = asyncio.Event()
        try:
            outcomes = await call(part)
            for outcome in outcomes:
                if isinstance(outcome, Sent):
                    new = {(pictures[0], sha): ref for sha, ref in outcome.refs.items()}
                    self._uploaded.update(new)
                    self._stale.difference_update(new)
            return outcomes
        finally:
            done.set()
            if self._uploading.get(pictures) is done:
                del self._uploading[pictures]

    def _without_stale(
        self, part: Part, scope: str, attempts: Sequence[int], outcomes: Sequence[Outcome]
    ) -> Sequence[Outcome]:
        """Let pictures be uploaded anew whose reference the messenger no longer knows."""
        for file in part.media:
            self._uploaded.pop((scope, file.sha), None)
            self._stale.add((scope, file.sha))
        return [
            Later(Reason.BAD_MEDIA, outcome.text, POISON_PAUSE_S)
            if isinstance(outcome, Refused) and _is_bad_media(outcome) and tried + 1 < POISON_TRIES
            else outcome
            for tried, outcome in zip(attempts, outcomes, strict=True)
        ]

    async def _refer(self, part: Part, scope: str) -> Part:
        unknown = [f.sha for f in part.media if (scope, f.sha) not in self._uploaded]
        if unknown:
            async with self._db.read() as connection:
                known = await media.refs_by_sha(connection, self._account_id, scope, unknown)
            fresh = {(scope, sha): ref for sha, ref in known.items()}
            self._uploaded.update((k, ref) for k, ref in fresh.items() if k not in self._stale)
        files = (replace(f, ref=self._uploaded.get((scope, f.sha))) for f in part.media)
        return replace(part, media=tuple(files))


def _is_bad_media(outcome: Outcome) -> bool:
    return isinstance(outcome, Refused | Later) and outcome.reason is Reason.BAD_MEDIA


def _complete(part: Part) -> bool:
    return all(file.ref for file in part.media)
