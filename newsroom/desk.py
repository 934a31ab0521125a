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
from core.words import DeliveryState, Lane, Reach, WaveKind
from newsroom.policy import Choice, How, Wish, choose, day_start
from newsroom.rubrics import RubricRule, is_urgent, rubric_of
from storage import corrections, planning, posts, sources
from storage.planning import Candidate
from storage.posts import PostRow, RevisionRow
from storage.sources import ItemRow, SourceRow

MAX_CHANGES = 24  # an item that changes more often has a clock in it: it is no longer corrected


@dataclass(frozen=True, slots=True)
class DeskRules:
    """What config.yaml says about taking news in."""

    zone: ZoneInfo
    rubrics: tuple[RubricRule, ...] = ()
    urgent_marks: tuple[str, ...] = ("молния", "срочно")
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
    first_reading = source.polled_at is None
    # Nobody knows how old an item without a date is: a new source's whole archive must not go out.
    if first_reading and (item.at is None or item.at < now - rules.fresh_ms):
        return set()
    return await plan(connection, rules, post, revision, now)


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
    revision = await posts.add_revision(
        connection,
        item.post_id,
        title=new.title,
        body=new.body,
        link=new.link,
        media_ids=media_ids,
        now=now,
    )
    await corrections.cancel_amends(connection, item.post_id, now)
    await corrections.renew_waves(connection, item.post_id, revision.id)
    groups: dict[tuple[int, bool], list[corrections.Copy]] = defaultdict(list)
    for copy in await corrections.copies(connection, item.post_id):
        groups[copy.account_id, copy.in_digest].append(copy)
    for (account_id, _), copies in groups.items():
        wave_id = await planning.add_wave(
            connection,
            account_id=account_id,
            kind=WaveKind.AMEND,
            lane=Lane.CORRECT,
            due_at=now,
            post_id=item.post_id,
            revision_id=revision.id,
            now=now,
        )
        await corrections.add_amends(connection, wave_id, copies)
    return {account_id for account_id, _ in groups}


async def plan(
    connection: AsyncConnection, rules: DeskRules, post: PostRow, revision: RevisionRow, now: int
) -> set[int]:
    """Plan a post for every chat whose choice fits; returns the accounts concerned."""
    chats = await planning.candidates(
        connection, await audience(connection, post), post.rubric_id, now
    )
    limited = [chat.chat_id for chat in chats if chat.day_limit is not None or chat.gap_s]
    # A day back covers both the day's ceiling and the gap since the last one.
    moments = await planning.due_moments(
        connection, limited, day_start(now, rules.zone) - 86_400_000
    )
    groups: dict[tuple[int, int, DeliveryState], list[int]] = defaultdict(list)
    selections: dict[tuple[int, int], list[int]] = defaultdict(list)
    touched: set[int] = set()
    for chat in chats:
        choice = choose(
            _wish(chat, rules.zone),
            urgent=post.urgent,
            now=now,
            moments=moments.get(chat.chat_id, ()),
        )
        if choice.how is How.DIGEST:
            selections[chat.account_id, choice.due_at].append(chat.chat_id)
        elif choice.how is not How.NOT:
            groups[chat.account_id, choice.due_at, _state(choice)].append(chat.chat_id)
            touched.add(chat.account_id)
    for (account_id, due_at), chat_ids in selections.items():
        await planning.add_to_digests(
            connection,
            account_id=account_id,
            chat_ids=chat_ids,
            post_id=post.id,
            due_at=due_at,
            now=now,
        )
    for (account_id, due_at, state), chat_ids in groups.items():
        wave_id = await planning.add_wave(
            connection,
            account_id=account_id,
            kind=WaveKind.CREATE,
            lane=Lane.URGENT if post.urgent else Lane.NEWS,
            due_at=due_at,
            post_id=post.id,
            revision_id=revision.id,
            now=now,
        )
        await planning.add_deliveries(connection, wave_id, chat_ids, state)
    return touched


async def audience(connection: AsyncConnection, post: PostRow) -> set[int]:
    """Return the organizations whose followers a post is for, by its reach."""
    if post.reach is Reach.TERRITORY:
        return set(await planning.territory_mates(connection, post.organization_id))
    organizations = {post.organization_id}
    if post.reach is Reach.REGION:
        federation = await planning.root(connection)
        if federation is not None:
            organizations.add(federation)
    return organizations


async def send_latest(connection: AsyncConnection, chat_id: int, now: int, limit: int = 1) -> bool:
    """Plan the newest posts of a chat's choice that it has not had, oldest of them first; False if there is none."""
    account_id = await planning.account_of(connection, chat_id)
    federation = await planning.root(connection)
    found = await planning.latest_for(connection, chat_id, federation or 0, limit)
    for post_id in reversed(found):
        revision = await posts.latest_revision(connection, post_id)
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
        await planning.add_deliveries(connection, wave_id, [chat_id], DeliveryState.PENDING)
    return bool(found)


def _wish(chat: Candidate, zone: ZoneInfo) -> Wish:
    return Wish(
        mode=chat.mode,
        digest_minute=chat.digest_minute,
        zone=ZoneInfo(chat.zone) if chat.zone else zone,
        night_from=chat.night_from_minute,
        night_to=chat.night_to_minute,
        day_limit=chat.day_limit,
        gap_s=chat.gap_s,
    )


def _state(choice: Choice) -> DeliveryState:
    return DeliveryState.ASKING if choice.how is How.ASK else DeliveryState.PENDING
