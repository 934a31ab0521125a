"""Fan-out: a post is planned for every chat whose choice fits, for very many of them in steps.

What is planned first stands in the transaction of the post itself. Where more is left, a row says so
and `go_on` takes it further, one transaction a step: nobody who writes meanwhile waits for more than
one of them, and memory does not grow with the audience (docs/decisions/0006).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import ChatKind, DeliveryState, Lane, Mode, Reach, WaveKind
from newsroom.policy import Choice, How, Wish, choose, day_start
from storage import candidates, fanouts, planning, posts
from storage.candidates import END, Candidate, Sought
from storage.fanouts import Fanout
from storage.posts import PostRow

FIRST = 2_000  # followers looked at together with the post itself
STEP = 10_000  # and in each step after that, if few of them have wishes about when
_DAY_MS = 86_400_000
_LATE_MS = 10 * 60_000  # a step that comes later than that decides for its own moment
_PART = 1_000  # chats decided about before others may use the event loop


@dataclass(frozen=True, slots=True)
class Step:
    """What was done: the accounts whose courier has something new, and whether many were decided one by one."""

    touched: set[int]
    left: Fanout | None
    laborious: bool


async def plan(
    connection: AsyncConnection,
    zone: ZoneInfo,
    post: PostRow,
    revision_id: int,
    now: int,
    *,
    to: Collection[int] | None = None,
    scheduled: bool = False,
    first: bool = False,
) -> set[int]:
    """Begin to plan a post for those whose choice fits and who have not had it; returns the accounts concerned.

    `to` are the organizations whose followers it is for, by default those of its reach. What is
    scheduled goes out at its minute: neither selections nor quiet hours of channels put it off.
    `first`: the post was never planned. The caller wakes the planner, for there may be more to do.
    """
    to = await audience(connection, post) if to is None else to
    if not first:
        await fanouts.joined(connection, post.id)
    begun = Fanout(post.id, now, scheduled, first, to)
    step = await _step(connection, zone, post, revision_id, begun, now, FIRST)
    if step.left is not None:
        await fanouts.keep(connection, step.left)
    return step.touched


async def go_on(
    connection: AsyncConnection, zone: ZoneInfo, fanout_id: int, now: int, many: int
) -> Step | None:
    """Plan about so many followers more; None if nothing of it is left."""
    fanout = await fanouts.claim(connection, fanout_id)
    if fanout is None:
        return None
    post = await posts.get(connection, fanout.post_id)
    revision = await posts.public_revision(connection, fanout.post_id)
    if post is None or revision is None:
        await fanouts.move(connection, fanout_id, None)
        return None
    if now - fanout.at > _LATE_MS:
        fanout = replace(fanout, at=now)
    step = await _step(connection, zone, post, revision.id, fanout, now, many)
    await fanouts.move(connection, fanout_id, step.left)
    return step


async def _step(
    connection: AsyncConnection,
    zone: ZoneInfo,
    post: PostRow,
    revision_id: int,
    fanout: Fanout,
    now: int,
    many: int,
) -> Step:
    span = await candidates.span(connection, fanout.organization_ids, fanout.after, many)
    had, selections = await fanouts.others(connection, fanout)
    sought = Sought(fanout.organization_ids, post.rubric_id, now, span, post.id, had, selections)
    writer = _Writer(
        connection, zone, post, revision_id, fanout, await fanouts.made(connection, fanout)
    )
    # Those without wishes about when need no look, once their account has a wave.
    known = {of: wave_id for (of, due_at), wave_id in writer.waves.items() if due_at == fanout.at}
    simple = candidates.at_once(urgent=post.urgent, scheduled=fanout.scheduled)
    looked_at = await candidates.candidates(connection, sought, simple, known)
    for begin in range(0, len(looked_at), _PART):
        await writer.write(looked_at[begin : begin + _PART])
    if known:
        await fanouts.add(connection, sought, simple, known)
    if fanout.waves:
        await fanouts.reopen(connection, fanout.waves, revision_id)
    left = None
    if span.upto != END:
        left = replace(fanout, waves={*fanout.waves, *writer.waves.values()}, after=span.upto)
    return Step(writer.touched | known.keys(), left, len(looked_at) > FIRST)


class _Writer:
    """Decides about chats one by one and writes what comes of it."""

    def __init__(
        self,
        connection: AsyncConnection,
        zone: ZoneInfo,
        post: PostRow,
        revision_id: int,
        fanout: Fanout,
        waves: dict[tuple[int, int], int],
    ) -> None:
        """Take what is planned; `waves` by account and due moment are those there are."""
        self.waves = waves
        self.touched: set[int] = set()
        self._connection = connection
        self._zone = zone
        self._post = post
        self._revision_id = revision_id
        self._fanout = fanout
        self._alike: dict[object, Choice] = {}

    async def write(self, chats: Sequence[Candidate]) -> None:
        """Plan the post for these chats."""
        moments = await self._moments(chats)
        groups: dict[tuple[int, int, DeliveryState], list[int]] = defaultdict(list)
        selections: dict[tuple[int, int], list[int]] = defaultdict(list)
        for chat in chats:
            choice = self._choose(chat, moments.get(chat.chat_id, ()))
            if choice.how is How.DIGEST:
                selections[chat.account_id, choice.due_at].append(chat.chat_id)
            elif choice.how is not How.NOT:
                groups[chat.account_id, choice.due_at, _state(choice)].append(chat.chat_id)
        for (account_id, due_at), chat_ids in selections.items():
            await planning.add_to_digests(
                self._connection,
                account_id=account_id,
                chat_ids=chat_ids,
                post_id=self._post.id,
                due_at=due_at,
                now=self._fanout.at,
            )
        planned: list[tuple[int, int, DeliveryState]] = []
        for (account_id, due_at, state), chat_ids in groups.items():
            wave_id = await self._wave(account_id, due_at)
            planned += [(wave_id, chat_id, state) for chat_id in chat_ids]
            self.touched.add(account_id)
        if planned:  # in one go: they may be of hundreds of accounts
            await planning.add_deliveries(self._connection, planned)

    async def _moments(self, chats: Sequence[Candidate]) -> dict[int, list[int]]:
        limited: dict[int, list[int]] = defaultdict(list)
        for chat in chats:
            if chat.day_limit is not None or chat.gap_s:
                limited[chat.account_id].append(chat.chat_id)
        # A day back covers both the day's ceiling and the gap since the last one.
        since = day_start(self._fanout.at, self._zone) - _DAY_MS
        return await candidates.due_moments(self._connection, limited, since)

    def _choose(self, chat: Candidate, moments: Sequence[int]) -> Choice:
        place = chat.chat_kind is not ChatKind.PRIVATE
        if self._fanout.scheduled and place and chat.mode is Mode.AT_ONCE:
            return Choice(How.ALONE, self._fanout.at)
        alike = None
        if not moments:
            # Very many have the same wish, and local time is slow to tell.
            alike = (
                chat.mode,
                chat.digest_minute,
                chat.night_from_minute,
                chat.night_to_minute,
                chat.day_limit,
                chat.gap_s,
                chat.zone,
            )
            if (known := self._alike.get(alike)) is not None:
                return known
        choice = choose(
            _wish(chat, self._zone),
            urgent=self._post.urgent,
            now=self._fanout.at,
            moments=moments,
        )
        if alike is not None:
            self._alike[alike] = choice
        return choice

    async def _wave(self, account_id: int, due_at: int) -> int:
        wave_id = self.waves.get((account_id, due_at))
        if wave_id is None:
            wave_id = self.waves[account_id, due_at] = await planning.add_wave(
                self._connection,
                account_id=account_id,
                kind=WaveKind.CREATE,
                lane=_lane(self._post, self._fanout.scheduled),
                due_at=due_at,
                post_id=self._post.id,
                revision_id=self._revision_id,
                now=self._fanout.at,
            )
        return wave_id


async def audience(
    connection: AsyncConnection, post: PostRow, reach: Reach | None = None
) -> set[int]:
    """Return the organizations whose followers a post is for, by its reach or by another."""
    return await reached(connection, post.organization_id, reach or post.reach)


async def reached(connection: AsyncConnection, organization_id: int, reach: Reach) -> set[int]:
    """Return the organizations whose followers get what an organization says with this reach."""
    if reach is Reach.TERRITORY:
        return set(await candidates.territory_mates(connection, organization_id))
    organizations = {organization_id}
    if reach is Reach.REGION:
        federation = await candidates.root(connection)
        if federation is not None:
            organizations.add(federation)
    return organizations


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
