"""Fan-out: a post is planned for every chat whose choice fits, for very many of them in steps.

What is planned first stands in the transaction of the post itself. Where more is left, a row says so
and `go_on` takes it further, one transaction a step: nobody who writes meanwhile waits for more than
one of them, and memory does not grow with the audience (docs/decisions/0006).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import ChatKind, DeliveryState, Lane, Mode, Reach, WaveKind
from newsroom.policy import Choice, How, Wish, choose, day_start
from storage import candidates, fanouts, planning, posts
from storage.candidates import Wishes, due_moments
from storage.fanouts import Fanout
from storage.posts import PostRow
from storage.sought import END, Sought, at_once

FIRST = 2_000  # followers looked at together with the post itself
_DAY_MS = 86_400_000
_LATE_MS = 10 * 60_000  # a step that comes later than that decides for its own moment

Chats = Sequence[tuple[int, int]]  # chat, account


@dataclass(frozen=True, slots=True)
class Step:
    """What was done: the accounts whose courier has something new, what is left, whether owners are to be asked."""

    touched: set[int]
    left: Fanout | None
    asks: bool


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
    revision_id = await fanouts.public_revision(connection, fanout.post_id)
    if post is None or revision_id is None:
        await fanouts.move(connection, fanout_id, None)
        return None
    if now - fanout.at > _LATE_MS:
        fanout = replace(fanout, at=now)
    step = await _step(connection, zone, post, revision_id, fanout, now, many)
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
    simple = at_once(urgent=post.urgent, scheduled=fanout.scheduled)
    added = await fanouts.add(connection, sought, simple, known.values()) if known else 0
    if added < await candidates.followers(connection, sought):
        await writer.write(await candidates.candidates(connection, sought, simple, known.keys()))
    if fanout.waves:
        await fanouts.reopen(connection, fanout.waves, revision_id)
    left = None
    if span.upto != END:
        left = replace(fanout, waves={*fanout.waves, *writer.waves.values()}, after=span.upto)
    return Step(writer.touched | known.keys(), left, writer.asks)


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
        self.asks = False
        self._connection = connection
        self._zone = zone
        self._post = post
        self._revision_id = revision_id
        self._fanout = fanout

    async def write(self, candidates: Mapping[Wishes, Chats]) -> None:
        """Plan the post for these chats."""
        planned: list[tuple[int, int, DeliveryState]] = []
        selected: list[tuple[int, int, int]] = []
        for choice, chats in await self._choices(candidates):
            if choice.how is How.DIGEST:
                selected += [(account_id, choice.due_at, chat_id) for chat_id, account_id in chats]
            elif choice.how is not How.NOT:
                state = _state(choice)
                self.asks |= state is DeliveryState.ASKING
                for chat_id, account_id in chats:
                    wave_id = self.waves.get((account_id, choice.due_at))
                    if wave_id is None:
                        wave_id = await self._wave(account_id, choice.due_at)
                    planned.append((wave_id, chat_id, state))
                    self.touched.add(account_id)
        # Everything in one go: it may be of hundreds of accounts.
        if planned:
            await planning.add_deliveries(self._connection, sorted(planned))
        if selected:
            await planning.add_to_digests(
                self._connection, selected, post_id=self._post.id, now=self._fanout.at
            )

    async def _choices(self, candidates: Mapping[Wishes, Chats]) -> list[tuple[Choice, Chats]]:
        """Decide about all; those with the same wishes get the same, unless it hangs on what they had."""
        moments = await self._moments(candidates)
        chosen: list[tuple[Choice, Chats]] = []
        for wishes, chats in candidates.items():
            busy = [one for one in chats if one[0] in moments] if moments else []
            chosen += [(self._choose(wishes, moments[one[0]]), [one]) for one in busy]
            rest = [one for one in chats if one[0] not in moments] if busy else chats
            if rest:
                chosen.append((self._choose(wishes, ()), rest))
        return chosen

    async def _moments(self, candidates: Mapping[Wishes, Chats]) -> dict[int, list[int]]:
        limited: dict[int, list[int]] = defaultdict(list)
        for wishes, chats in candidates.items():
            if wishes.day_limit is not None or wishes.gap_s:
                for chat_id, account_id in chats:
                    limited[account_id].append(chat_id)
        # A day back covers both the day's ceiling and the gap since the last one.
        since = day_start(self._fanout.at, self._zone) - _DAY_MS
        return await due_moments(self._connection, limited, since)

    def _choose(self, wishes: Wishes, moments: Sequence[int]) -> Choice:
        place = wishes.chat_kind is not ChatKind.PRIVATE
        if self._fanout.scheduled and place and wishes.mode is Mode.AT_ONCE:
            return Choice(How.ALONE, self._fanout.at)
        return choose(
            _wish(wishes, self._zone),
            urgent=self._post.urgent,
            now=self._fanout.at,
            moments=moments,
        )

    async def _wave(self, account_id: int, due_at: int) -> int:
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


def _wish(wishes: Wishes, zone: ZoneInfo) -> Wish:
    return Wish(
        mode=wishes.mode,
        digest_minute=wishes.digest_minute,
        zone=ZoneInfo(wishes.zone) if wishes.zone else zone,
        night_from=wishes.night_from_minute,
        night_to=wishes.night_to_minute,
        day_limit=wishes.day_limit,
        gap_s=wishes.gap_s,
    )


def _lane(post: PostRow, scheduled: bool) -> Lane:
    if post.urgent:
        return Lane.URGENT
    return Lane.SCHEDULED if scheduled else Lane.NEWS


def _state(choice: Choice) -> DeliveryState:
    return DeliveryState.ASKING if choice.how is How.ASK else DeliveryState.PENDING
