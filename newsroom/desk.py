"""The desk: the one door through which a post changes.

Every function works inside the caller's transaction, so that what is seen, decided and planned is
on disk together or not at all. They return the accounts whose courier has something new to do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from core.feed import FeedItem
from core.words import ChatKind, DeliveryState, Lane, Mode, Reach, WaveKind
from newsroom.policy import Choice, How, Wish, choose, day_start
from newsroom.rubrics import RubricRule, is_urgent, rubric_of
from storage import corrections, planning, posts, sources
from storage.planning import Candidate
from storage.posts import PostRow, RevisionRow
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


async def plan(
    connection: AsyncConnection,
    rules: DeskRules,
    post: PostRow,
    revision: RevisionRow,
    now: int,
    *,
    to: Collection[int] | None = None,
    scheduled: bool = False,
) -> set[int]:
    """Plan a post for every chat whose choice fits and that has not had it; returns the accounts concerned.

    `to` are the organizations whose followers it is for, by default those of its reach. What is
    scheduled goes out at its minute: neither selections nor quiet hours of channels put it off.
    """
    organizations = await audience(connection, post) if to is None else to
    chats = await planning.candidates(connection, organizations, post.rubric_id, now)
    had = await planning.having(connection, post.id)
    chats = [chat for chat in chats if chat.chat_id not in had]
    limited = [chat.chat_id for chat in chats if chat.day_limit is not None or chat.gap_s]
    # A day back covers both the day's ceiling and the gap since the last one.
    moments = await planning.due_moments(
        connection, limited, day_start(now, rules.zone) - 86_400_000
    )
    groups: dict[tuple[int, int, DeliveryState], list[int]] = defaultdict(list)
    selections: dict[tuple[int, int], list[int]] = defaultdict(list)
    touched: set[int] = set()
    for chat in chats:
        if scheduled and chat.chat_kind is not ChatKind.PRIVATE and chat.mode is Mode.AT_ONCE:
            choice = Choice(How.ALONE, now)
        else:
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
            lane=_lane(post, scheduled),
            due_at=due_at,
            post_id=post.id,
            revision_id=revision.id,
            now=now,
        )
        await planning.add_deliveries(connection, wave_id, chat_ids, state)
    return touched


async def audience(
    connection: AsyncConnection, post: PostRow, reach: Reach | None = None
) -> set[int]:
    """Return the organizations whose followers a post is for, by its reach or by another."""
    return await reached(connection, post.organization_id, reach or post.reach)


async def reached(connection: AsyncConnection, organization_id: int, reach: Reach) -> set[int]:
    """Return the organizations whose followers get what an organization says with this reach."""
    if reach is Reach.TERRITORY:
        return set(await planning.territory_mates(connection, organization_id))
    organizations = {organization_id}
    if reach is Reach.REGION:
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


def _lane(post: PostRow, scheduled: bool) -> Lane:
    if post.urgent:
        return Lane.URGENT
    return Lane.SCHEDULED if scheduled else Lane.NEWS


def _state(choice: Choice) -> DeliveryState:
    return DeliveryState.ASKING if choice.how is How.ASK else DeliveryState.PENDING
