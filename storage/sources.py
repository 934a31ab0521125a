"""Sources, their health, and the items that were ever seen in them."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import PostKind, Reach
from storage.tables import item, source

LONGEST_PAUSE_MS = (
    6 * 3_600_000
)  # a source that fails is not left alone for longer, or its interval


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A feed of an organization."""

    id: int
    slug: str
    organization_id: int
    url: str
    interval_s: int
    reach: Reach
    kind: PostKind
    rubric_id: int | None
    etag: str | None
    last_modified: str | None
    polled_at: int | None
    failures: int
    trouble: str | None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item seen before; it stays when the source drops it, so it never returns as new."""

    id: int
    key: str
    digest: str
    post_id: int | None
    changes: int


async def due(connection: AsyncConnection, now: int) -> list[SourceRow]:
    """Return the sources whose time to be read has come, longest waiting first."""
    # Nobody puts a source off so far: the clock was ahead when it was done, and was put right.
    interval_ms = sa.cast(source.c.interval_s, sa.BigInteger) * 1000
    from_the_future = source.c.next_at - interval_ms > now + LONGEST_PAUSE_MS
    rows = await connection.execute(
        sa.select(source)
        .where(sa.or_(source.c.next_at <= now, from_the_future), source.c.archived.is_(sa.false()))
        .order_by(source.c.next_at)
    )
    return [_row(row) for row in rows]


async def next_due_at(connection: AsyncConnection) -> int | None:
    """Return when the next source is to be read."""
    at = await connection.scalar(
        sa.select(sa.func.min(source.c.next_at)).where(source.c.archived.is_(sa.false()))
    )
    return None if at is None else int(at)


async def put_off(connection: AsyncConnection, source_id: int, next_at: int) -> None:
    """Say when a source is read next, before it is read now: a crash must not make it read in a loop."""
    await connection.execute(
        source.update().where(source.c.id == source_id).values(next_at=next_at)
    )


async def read_well(
    connection: AsyncConnection,
    source_id: int,
    *,
    now: int,
    etag: str | None,
    last_modified: str | None,
    title: str | None,
    trouble: str | None,
) -> None:
    """Record a good reading; `trouble` says what was left out, None if nothing."""
    values: dict[str, object] = {
        "polled_at": now,
        "failures": 0,
        "trouble": trouble,
        "etag": etag,
        "last_modified": last_modified,
    }
    if title:
        values["title"] = title
    await connection.execute(source.update().where(source.c.id == source_id).values(**values))


async def unchanged(connection: AsyncConnection, source_id: int, now: int) -> None:
    """Record that there is nothing new."""
    await connection.execute(
        source.update()
        .where(source.c.id == source_id)
        .values(polled_at=now, failures=0, trouble=None)
    )


async def failed(connection: AsyncConnection, source_id: int, trouble: str, next_at: int) -> None:
    """Record a sentence about what went wrong and when to try again."""
    await connection.execute(
        source.update()
        .where(source.c.id == source_id)
        .values(failures=source.c.failures + 1, trouble=trouble, next_at=next_at)
    )


async def busy(connection: AsyncConnection, source_id: int, trouble: str, next_at: int) -> None:
    """Record that the site asks to come later: no failure, so later failures pause no longer for it."""
    await connection.execute(
        source.update().where(source.c.id == source_id).values(trouble=trouble, next_at=next_at)
    )


async def seen(connection: AsyncConnection, source_id: int, keys: list[str]) -> dict[str, ItemRow]:
    """Return those of the items that were seen before, by key."""
    rows = await connection.execute(
        sa.select(item.c.id, item.c.key, item.c.digest, item.c.post_id, item.c.changes).where(
            item.c.source_id == source_id, item.c.key.in_(keys)
        )
    )
    return {row.key: ItemRow(*row) for row in rows}


async def add_item(
    connection: AsyncConnection, source_id: int, key: str, digest: str, post_id: int, now: int
) -> bool:
    """Remember an item; False if somebody else was faster."""
    found = await connection.scalar(
        sa.select(item.c.id).where(item.c.source_id == source_id, item.c.key == key)
    )
    if found is not None:
        return False
    await connection.execute(
        item.insert().values(
            source_id=source_id, key=key, digest=digest, post_id=post_id, seen_at=now
        )
    )
    return True


async def item_changed(connection: AsyncConnection, item_id: int, digest: str) -> None:
    """Remember an item's new content."""
    await connection.execute(
        item.update().where(item.c.id == item_id).values(digest=digest, changes=item.c.changes + 1)
    )


def _row(row: sa.Row[tuple[object, ...]]) -> SourceRow:
    data = row._mapping
    return SourceRow(
        data["id"],
        data["slug"],
        data["organization_id"],
        data["url"],
        data["interval_s"],
        Reach(data["reach"]),
        PostKind(data["kind"]),
        data["rubric_id"],
        data["etag"],
        data["last_modified"],
        data["polled_at"],
        data["failures"],
        data["trouble"],
    )
