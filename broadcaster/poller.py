"""Reads the sources when their time comes; due-ness is a query, so a restart loses no interval.

A broken, slow or huge source becomes a sentence in its own health and is tried less often; the
others are read as if it were not there.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from broadcaster.feeds import identity
from broadcaster.feeds.fetch import Fetched, Fetcher, NotModified
from broadcaster.feeds.parse import parse
from core.bell import Bell
from core.clock import Clock
from core.errors import FeedBusy, FeedError, PictureError
from core.feed import Feed, FeedItem
from newsroom import desk
from newsroom.desk import DeskRules
from newsroom.pictures import Picture, prepare
from storage import media, sources
from storage.database import Database
from storage.media import MediaFolder
from storage.sources import LONGEST_PAUSE_MS, ItemRow, SourceRow

log = logging.getLogger(__name__)

AT_ONCE = 8
LOOK_AGAIN_MS = 60_000
FAILED_MS = 5_000
SHORTEST_MS = 200
FIRST_PICTURES = 10  # on the first reading only the newest items bring their pictures

SHOW_LOG = "Покажите журнал разработчику."
NOT_READ = f"Ленту не удалось разобрать до конца. {SHOW_LOG}"


class Poller:
    """Takes new and changed items of all sources to the desk."""

    def __init__(
        self,
        db: Database,
        fetcher: Fetcher,
        folder: MediaFolder,
        rules: DeskRules,
        bell: Bell,
        clock: Clock,
    ) -> None:
        """Prepare; nothing is read yet."""
        self._db = db
        self._fetcher = fetcher
        self._folder = folder
        self._rules = rules
        self._bell = bell
        self._clock = clock
        self._free = asyncio.Semaphore(AT_ONCE)
        self._reading: set[int] = set()

    async def run(self) -> None:
        """Read what is due until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                until = self._clock.now() + FAILED_MS
                try:
                    for source in await self._due():
                        self._reading.add(source.id)
                        group.create_task(self._read_safely(source))
                    until = await self._next_moment()
                except Exception:
                    log.exception("the sources that are due cannot be found")
                await self._clock.wait(self._bell.on("poller"), until)
                self._bell.on("poller").clear()

    async def _next_moment(self) -> int:
        async with self._db.read() as connection:
            at = await sources.next_due_at(connection)
        now = self._clock.now()
        latest = now + LOOK_AGAIN_MS
        return latest if at is None else min(max(at, now + SHORTEST_MS), latest)

    async def drain(self) -> None:
        """Read what is due now, once."""
        for source in await self._due():
            await self.read(source)

    async def read(self, source: SourceRow) -> None:
        """Read one source and take what is new in it; failures go into its health."""
        now = self._clock.now()
        try:
            answer = await self._fetcher.feed(source.url, source.etag, source.last_modified)
            if isinstance(answer, NotModified):
                async with self._db.write() as connection:
                    await sources.unchanged(connection, source.id, now)
                return
            feed = await asyncio.to_thread(
                parse,
                answer.body,
                answer.content_type,
                answer.url,
                zone=self._rules.zone,
                now=now,
            )
        except FeedBusy as busy:
            pause = min(int((busy.retry_after or 0) * 1000), LONGEST_PAUSE_MS)
            next_at = now + max(pause, source.interval_s * 1000)
            async with self._db.write() as connection:
                await sources.busy(connection, source.id, str(busy), next_at)
            return
        except FeedError as error:
            await self._fail(source, str(error), now + _pause_ms(source))
            return
        await self._take(source, feed, answer)

    async def _due(self) -> list[SourceRow]:
        now = self._clock.now()
        async with self._db.read() as connection:
            found = [s for s in await sources.due(connection, now) if s.id not in self._reading]
        if found:
            async with self._db.write() as connection:
                for source in found:
                    await sources.put_off(connection, source.id, now + source.interval_s * 1000)
        return found

    async def _read_safely(self, source: SourceRow) -> None:
        try:
            async with self._free:
                await self.read(source)
        except OperationalError as error:
            # Nobody's feed is at fault: it is read again when it is due.
            log.error("source %s: the database cannot be used now: %s", source.slug, error.orig)
        except Exception:
            # A mistake of ours over one source's content must not stop the others.
            log.exception("source %s could not be taken", source.slug)
            await self._fail_safely(source)
        finally:
            self._reading.discard(source.id)

    async def _fail_safely(self, source: SourceRow) -> None:
        try:
            await self._fail(source, NOT_READ, self._clock.now() + _pause_ms(source))
        except Exception:
            log.exception("source %s: its trouble could not be written", source.slug)

    async def _fail(self, source: SourceRow, trouble: str, next_at: int) -> None:
        if trouble != source.trouble:
            log.warning("source %s: %s", source.slug, trouble)
        async with self._db.write() as connection:
            await sources.failed(connection, source.id, trouble, next_at)

    async def _take(self, source: SourceRow, feed: Feed, answer: Fetched) -> None:
        async with self._db.read() as connection:
            seen = await sources.seen(connection, source.id, [item.id for item in feed.items])
        troubles: list[str] = []
        whole = True
        fresh = [item for item in _oldest_first(feed.items) if item.id not in seen]
        with_pictures = (
            {i.id for i in fresh[-FIRST_PICTURES:]} if source.polled_at is None else None
        )
        for item in fresh:
            wanted = with_pictures is None or item.id in with_pictures
            with self._apart(source, item, troubles) as taken:
                pictures = await self._pictures(item, troubles) if wanted else []
                await self._take_new(source, item, pictures)
            whole &= taken.is_set()
        for item in feed.items:
            known = seen.get(item.id)
            if known is None or not desk.is_corrected(known, identity.digest(item)):
                continue
            with self._apart(source, item, troubles) as taken:
                await self._correct(known, item, await self._pictures(item, troubles))
            whole &= taken.is_set()
        async with self._db.write() as connection:
            await sources.read_well(
                connection,
                source.id,
                now=self._clock.now(),
                # What could not be taken is tried again even if the site says «nothing new».
                etag=answer.etag if whole else None,
                last_modified=answer.last_modified if whole else None,
                title=feed.title,
                trouble=" ".join(dict.fromkeys(troubles)) or None,
            )

    @contextmanager
    def _apart(
        self, source: SourceRow, item: FeedItem, troubles: list[str]
    ) -> Iterator[asyncio.Event]:
        """Keep an item that cannot be taken from stopping those behind it; the event is set when it was."""
        taken = asyncio.Event()
        try:
            yield taken
            taken.set()
        except OperationalError:
            raise  # the database's trouble is everybody's
        except Exception:
            log.exception("source %s: item %r cannot be taken", source.slug, item.id)
            troubles.append(f"Новость «{item.title}» не удалось взять. {SHOW_LOG}")

    async def _correct(self, known: ItemRow, item: FeedItem, pictures: Sequence[Picture]) -> None:
        async with self._db.write() as connection:
            touched = await desk.correct(
                connection,
                known,
                item,
                identity.digest(item),
                await self._media_ids(connection, pictures),
                self._clock.now(),
            )
        self._ring(touched)

    async def _take_new(
        self, source: SourceRow, item: FeedItem, pictures: Sequence[Picture]
    ) -> None:
        async with self._db.write() as connection:
            touched = await desk.take(
                connection,
                self._rules,
                source,
                item,
                identity.digest(item),
                await self._media_ids(connection, pictures),
                self._clock.now(),
            )
        self._ring(touched)

    def _ring(self, touched: set[int]) -> None:
        self._bell.ring("asking", "planner", *(("courier", account_id) for account_id in touched))

    async def _pictures(self, item: FeedItem, troubles: list[str]) -> list[Picture]:
        """Bring an item's pictures along; one that cannot be had is left out with a sentence."""
        found = await asyncio.gather(*(self._picture(url) for url in item.media))
        troubles.extend(f for f in found if isinstance(f, str))
        return [f for f in found if isinstance(f, Picture)]

    async def _picture(self, url: str) -> Picture | str:
        try:
            answer = await self._fetcher.picture(url)
            picture = await asyncio.to_thread(prepare, answer.body)
        except (FeedError, PictureError) as error:
            return str(error)
        await asyncio.to_thread(self._folder.keep, picture.sha, picture.content)
        return picture

    async def _media_ids(
        self, connection: AsyncConnection, pictures: Sequence[Picture]
    ) -> list[int]:
        ids = [
            await media.add(
                connection,
                sha=picture.sha,
                mime=picture.mime,
                size=len(picture.content),
                width=picture.width,
                height=picture.height,
            )
            for picture in pictures
        ]
        return list(dict.fromkeys(ids))


def _oldest_first(items: Sequence[FeedItem]) -> list[FeedItem]:
    # Feeds usually stand newest first; items without a date keep that order.
    backwards = list(reversed(items))
    if any(item.at is None for item in backwards):
        return backwards
    return sorted(backwards, key=lambda item: item.at or 0)


def _pause_ms(source: SourceRow) -> int:
    """Return how long a failing source is left alone: its interval, doubled with every failure."""
    longest = max(LONGEST_PAUSE_MS, source.interval_s * 1000)
    return int(min(longest, source.interval_s * 1000 * 2 ** min(source.failures, 12)))
