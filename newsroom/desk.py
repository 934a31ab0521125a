"""The desk: the one door through which a post changes.

Every function works inside the caller's transaction, so that what is seen, decided and planned is
on disk together or not at all. They return the accounts whose courier has something new to do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from core.feed import FeedItem
from core.words import DeliveryState, Lane, WaveKind
from newsroom import fanout
from newsroom.rubrics import RubricRule, is_urgent, rubric_of
from storage import candidates, corrections, planning, posts, sources
from storage.sources import ItemRow, SourceRow

MAX_CHANGES = 24  # an item that changes more often has a clock in it: it is no longer corrected


@dataclass(frozen=True, slots=True)
class DeskRules:
    """What config.yaml says about taking news in and deciding about them.

    `approvals` is how many of its moderators must agree to what an organization says, unless the
    organization has a number of its own; `grace_ms` how late what is approved may still go out by itself.
    """

    zone: ZoneInfo
    rubrics: tuple[RubricRule, ...] = ()
    urgent_marks: tuple[str, ...] = ("молния", "срочно")
    approvals: int = 1
    grace_ms: int = 2 * 3_600_000
    night: tuple[int, int] | None = (21 * 60, 8 * 60)  # minutes; planning into it is warned of
    fresh_ms: int = 48 * 3_600_000  # on a source's first reading older items are kept but not sent


async def take(
    connection: AsyncConnection,
    rules: DeskRules,
    source: SourceRow,
    item: FeedItem,
    digest: str,
    media_ids: Sequence[int],
    now: int,
) -> set[int]:
    """Make an item that was never seen a post and plan whom it reaches."""
    post = await posts.add(
        connection,
        organization_id=source.organization_id,
        kind=source.kind,
        reach=source.reach,
        rubric_id=rubric_of(rules.rubrics, item.title, item.body.text, item.categories)
        or source.rubric_id,
        urgent=is_urgent(rules.urgent_marks, item.title, item.categories),
        at=now if item.at is None else min(item.at, now),
        now=now,
    )
    if not await sources.add_item(connection, source.id, item.id, digest, post.id, now):
        raise RuntimeError(f"item {item.id!r} of source {source.slug} was taken twice")
    revision = await posts.add_revision(
        connection,
        post.id,
        title=item.title,
        body=item.body,
        link=item.link,
        media_ids=media_ids,
        now=now,
    )
    await posts.publish(connection, post.id, revision.id)
    first_reading = source.polled_at is None
    # Nobody knows how old an item without a date is: a new source's whole archive must not go out.
    if first_reading and (item.at is None or item.at < now - rules.fresh_ms):
        return set()
    return await fanout.plan(connection, rules.zone, post, revision.id, now, first=True)


def is_corrected(item: ItemRow, digest: str) -> bool:
    """Tell whether an item seen before has changed and may still be corrected."""
    return item.digest != digest and item.changes < MAX_CHANGES


async def correct(
    connection: AsyncConnection,
    item: ItemRow,
    new: FeedItem,
    digest: str,
    media_ids: Sequence[int],
    now: int,
) -> set[int]:
    """Give a changed item's post a new revision: unsent copies carry it, sent ones are amended."""
    if item.post_id is None or not is_corrected(item, digest):
        return set()
    await sources.item_changed(connection, item.id, digest)
    post = await posts.get(connection, item.post_id)
    if post is None or post.retracted_at is not None:
        return set()  # what was taken back never returns
    revision = await posts.add_revision(
        connection,
        item.post_id,
        title=new.title,
        body=new.body,
        link=new.link,
        media_ids=media_ids,
        now=now,
    )
    return await carry_correction(connection, item.post_id, revision.id, now)


async def carry_correction(
    connection: AsyncConnection, post_id: int, revision_id: int, now: int
) -> set[int]:
    """Make a revision the public one: unsent copies carry it, sent ones are amended."""
    await posts.publish(connection, post_id, revision_id)
    await corrections.cancel_amends(connection, post_id, now)
    await corrections.renew_waves(connection, post_id, revision_id)
    groups: dict[tuple[int, bool], list[corrections.Copy]] = defaultdict(list)
    for copy in await corrections.copies(connection, post_id):
        groups[copy.account_id, copy.in_digest].append(copy)
    for (account_id, _), copies in groups.items():
        wave_id = await planning.add_wave(
            connection,
            account_id=account_id,
            kind=WaveKind.AMEND,
            lane=Lane.CORRECT,
            due_at=now,
            post_id=post_id,
            revision_id=revision_id,
            now=now,
        )
        await corrections.add_amends(connection, wave_id, copies)
    return {account_id for account_id, _ in groups}


async def send_latest(connection: AsyncConnection, chat_id: int, now: int, limit: int = 1) -> bool:
    """Plan the newest posts of a chat's choice that it has not had, oldest of them first; False if there is none."""
    account_id = await candidates.account_of(connection, chat_id)
    federation = await candidates.root(connection)
    found = await candidates.latest_for(connection, chat_id, federation or 0, limit)
    for post_id in reversed(found):
        revision = await posts.public_revision(connection, post_id)
        assert revision is not None, "only public posts are the latest"
        wave_id = await planning.add_wave(
            connection,
            account_id=account_id,
            kind=WaveKind.CREATE,
            lane=Lane.URGENT,  # the person has just asked for it; a stop still holds it
            due_at=now,
            post_id=post_id,
            revision_id=revision.id,
            now=now,
        )
        await planning.add_deliveries(connection, [(wave_id, chat_id, DeliveryState.PENDING)])
    return bool(found)
