"""Posts for many are planned in steps: everybody once, whatever happens between two steps."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadcaster.planner import Planner
from core.words import ChatKind, DeliveryState, Mode, Reach, RoleKind, SubmissionState
from newsroom import desk, fanout
from storage import fanouts, outgoing, posts, submissions, tables
from storage.rows import insert
from tests.broadcaster.office import START, Office, office, work

pytestmark = pytest.mark.usefixtures("each_database")

SENT, CANCELLED = DeliveryState.SENT, DeliveryState.CANCELLED
MANY = 10


@pytest.fixture(autouse=True)
def few_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let three be planned with the post itself; a step takes as many as its test says."""
    monkeypatch.setattr(fanout, "FIRST", 3)


async def _people(made: Office, many: int = MANY) -> list[int]:
    return [await made.chat(str(number)) for number in range(1, many + 1)]


async def _step(made: Office, many: int = 3, now: int | None = None) -> None:
    async with made.db.write() as connection:
        for one in await fanouts.opened(connection):
            await fanout.go_on(connection, made.rules.zone, one, now or made.clock.now(), many)


async def _to_the_end(made: Office, many: int = 3, now: int | None = None) -> None:
    while await _left(made):
        await _step(made, many, now)


async def _left(made: Office) -> int:
    async with made.db.read() as connection:
        return len(await fanouts.opened(connection))


async def _planned(made: Office) -> list[int]:
    return [chat for (chat,) in await made.rows(tables.delivery.c.chat_id)]


def _everybodys(made: Office, chats: list[int]) -> dict[str, list[str]]:
    return {str(number): made.messenger.texts(str(number)) for number in range(1, len(chats) + 1)}


def test_everybody_is_planned_once_and_nothing_is_left(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        chats = await _people(made)
        await made.take("a")
        assert await _planned(made) == chats[:3]
        await _step(made)
        assert await _planned(made) == chats[:6]
        await _to_the_end(made)
        assert await _planned(made) == chats
        assert await made.open_waves() == 1
        await made.rest()
        assert await made.states() == [SENT] * MANY
        assert await made.open_waves() == 0

    work(tmp_path, story)


def test_a_small_post_is_planned_with_its_own_transaction(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        chats = await _people(made, 2)
        await made.take("a")
        assert await _planned(made) == chats
        assert await _left(made) == 0

    work(tmp_path, story)


def test_a_step_that_did_not_commit_is_done_again(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        chats = await _people(made)
        await made.take("a")
        for _ in range(3):  # killed in each of the next steps, before it is on disk
            before = await _planned(made)
            with pytest.raises(asyncio.CancelledError):
                async with made.db.write() as connection:
                    (one,) = await fanouts.opened(connection)
                    await fanout.go_on(connection, made.rules.zone, one, made.clock.now(), 2)
                    raise asyncio.CancelledError
            assert await _planned(made) == before
            await _step(made, 2)
        await _to_the_end(made)
        assert await _planned(made) == chats

    work(tmp_path, story)


def test_what_was_sent_between_two_steps_is_not_sent_again(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        chats = await _people(made)
        await made.take("a")
        while await _left(made):
            await made.rest()  # all there is leaves, its wave closes
            assert await made.open_waves() == 0
            await made.restart()
            await _step(made)
        await made.rest()
        assert all(len(texts) == 1 for texts in _everybodys(made, chats).values())
        assert await made.open_waves() == 0

    work(tmp_path, story)


def test_a_correction_in_the_middle_reaches_everybody(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        chats = await _people(made)
        await made.take("a", "Как было.")
        await _step(made)
        await made.rest()
        await made.correct("a", "Как надо.")
        await _to_the_end(made)
        await made.rest()
        texts = [one for (one,) in _everybodys(made, chats).values()]
        assert ["Как было" in text for text in texts] == [True] * 6 + [False] * 4
        assert all("Как надо" in text for text in texts[6:])
        assert sorted(chat for chat, _, part in made.messenger.edited) == list("123456")
        assert all("Как надо" in part.text.text for _, _, part in made.messenger.edited)

    work(tmp_path, story)


def test_what_was_planned_and_not_sent_carries_a_correction_too(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        chats = await _people(made)
        await made.take("a", "Как было.")
        await made.correct("a", "Как надо.")
        await _to_the_end(made)
        await made.rest()
        assert all("Как надо" in text for (text,) in _everybodys(made, chats).values())
        assert not made.messenger.edited

    work(tmp_path, story)


def test_after_a_retraction_nobody_more_is_planned(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        chats = await _people(made)
        await made.take("a")
        await made.rest()
        await _step(made)
        await made.retract("a")
        assert await _left(made) == 0
        await _step(made)
        await made.rest()
        sent = {chat: len(texts) for chat, texts in _everybodys(made, chats).items()}
        assert [sent[str(n)] for n in range(1, MANY + 1)] == [1] * 3 + [0] * 7
        assert len(made.messenger.deleted) == 3
        assert await made.open_waves() == 0

    work(tmp_path, story)


@pytest.mark.parametrize("mode", [Mode.AT_ONCE, Mode.DIGEST])
def test_a_wider_reach_in_the_middle_gives_nobody_the_post_twice(
    tmp_path: Path, mode: Mode
) -> None:
    async def story(made: Office) -> None:
        chats = [await made.chat(str(n), mode=mode) for n in range(1, MANY + 1)]
        await made.take("a")
        now = made.clock.now()
        async with made.db.write() as connection:
            post = await posts.get(connection, 1)
            assert post is not None
            to = await fanout.audience(connection, post, Reach.REGION)
            await fanout.plan(connection, made.rules.zone, post, 1, now, to=to)
        assert await _left(made) == 2
        await _to_the_end(made, 2)
        assert sorted(await _planned(made)) == chats
        await made.rest(86_400)
        assert all(len(texts) == 1 for texts in _everybodys(made, chats).values())

    work(tmp_path, story)


def test_who_asked_for_the_latest_news_in_the_middle_gets_them_once(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        chats = await _people(made)
        await made.take("a")
        async with made.db.write() as connection:
            assert await desk.send_latest(connection, chats[8], made.clock.now())
        await _to_the_end(made)
        assert sorted(await _planned(made)) == chats

    work(tmp_path, story)


def test_who_unsubscribes_in_the_middle_is_not_planned(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        chats = await _people(made)
        await made.take("a")
        async with made.db.write() as connection:
            for chat in (chats[1], chats[8]):
                await connection.execute(
                    tables.subscription.update()
                    .where(tables.subscription.c.chat_id == chat)
                    .values(ended_at=made.clock.now())
                )
                await outgoing.call_off_chat(connection, chat, made.clock.now())
        await _to_the_end(made)
        states = dict(await made.rows(tables.delivery.c.chat_id, tables.delivery.c.state))
        assert states.pop(chats[1]) == CANCELLED
        assert chats[8] not in states
        assert len(states) == MANY - 2

    work(tmp_path, story)


def test_an_account_that_goes_in_the_middle_gets_nothing_more(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await _people(made)
        await made.take("a")
        async with made.db.write() as connection:
            await connection.execute(tables.account.update().values(archived=True))
        await _to_the_end(made)
        assert len(await _planned(made)) == 3
        assert await _left(made) == 0

    work(tmp_path, story)


def test_each_chat_is_planned_with_its_own_account_whoever_else_follows(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        async with made.db.write() as connection:
            other = await insert(
                connection,
                tables.account,
                slug="other",
                network="alpha",
                organization_id=made.federation,
            )
        chats = await _people(made)
        odd = chats[1::2]
        async with made.db.write() as connection:
            here = tables.chat.c.id.in_(odd)
            await connection.execute(tables.chat.update().where(here).values(account_id=other))
        await made.take("a")
        await _to_the_end(made, 4)
        async with made.db.read() as connection:
            rows = await connection.execute(
                sa.select(tables.delivery.c.chat_id, tables.wave.c.account_id).join(
                    tables.wave, tables.wave.c.id == tables.delivery.c.wave_id
                )
            )
            planned = sorted((chat, account) for chat, account in rows)
        assert planned == [(chat, other if chat in odd else made.account) for chat in chats]
        assert len(set(await made.rows(tables.delivery.c.wave_id))) == 2

    work(tmp_path, story)


def test_a_step_that_comes_hours_late_respects_the_night_of_its_own_moment(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        now = made.clock.now()
        hour = (now // 3_600_000 + 3) % 24  # in Moscow
        quiet = {"night_from_minute": (hour + 2) % 24 * 60, "night_to_minute": (hour + 6) % 24 * 60}
        for number in range(1, 6):
            await made.chat(str(number), **quiet)
        await made.take("a")
        made.clock.advance(4 * 3_600_000)  # stopped for so long
        await _to_the_end(made)
        hours = [(one - now) / 3_600_000 for (one,) in await _due(made)]
        assert all(one < 0.1 for one in hours[:3])
        assert all(5 < one < 6.1 for one in hours[3:])

    work(tmp_path, story)


async def _due(made: Office) -> list[Any]:
    async with made.db.read() as connection:
        rows = await connection.execute(
            sa.select(tables.wave.c.due_at)
            .join(tables.delivery, tables.delivery.c.wave_id == tables.wave.c.id)
            .order_by(tables.delivery.c.id)
        )
        return list(rows)


def test_an_author_is_told_when_all_is_planned_and_sent(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await _people(made, 5)
        await made.take("a")
        now = made.clock.now()
        async with made.db.write() as connection:
            sent = {
                "role": int(RoleKind.PRESS),
                "reach": int(Reach.OWN),
                "state": int(SubmissionState.SENT),
            }
            told = {"report_at": now, "touched_at": now}
            await connection.execute(tables.submission.insert().values(post_id=1, **sent, **told))
        await made.rest()

        async def complete() -> list[bool]:
            async with made.db.read() as connection:
                due = await submissions.reports_due(connection, made.clock.now())
                return [done for _, done in due]

        assert await complete() == []  # nothing is on its way at this moment, yet there is more
        await _to_the_end(made)
        await made.rest()
        assert await complete() == [True]

    work(tmp_path, story)


def test_the_planner_goes_on_after_a_restart_and_wakes_the_couriers(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        chats = await _people(made)
        await made.take("a")
        planner = Planner(made.db, made.rules, made.bell, made.clock)
        running = asyncio.create_task(planner.run())
        await made.bell.on("reports").wait()
        running.cancel()
        assert await _planned(made) == chats
        assert made.bell.on(made.courier.topic).is_set()

    work(tmp_path, story)


def test_an_urgent_post_is_planned_before_one_that_is_under_way(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await _people(made)
        await made.take("a")
        await made.take("b", title="Срочно: новость")
        async with made.db.read() as connection:
            assert await fanouts.opened(connection) == [2, 1]

    work(tmp_path, story)


def test_a_post_that_cannot_be_planned_does_not_hold_up_the_next(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(made: Office) -> None:
        chats = await _people(made)
        await made.take("a")
        await made.take("b")
        async with made.db.write() as connection:
            broken = tables.fanout.update().where(tables.fanout.c.id == 1)
            await connection.execute(broken.values(organization_ids=0))
        planner = Planner(made.db, made.rules, made.bell, made.clock)
        assert not await planner.drain()
        assert await _left(made) == 1
        assert "fan-out 1" in caplog.text
        waves = await made.rows(tables.delivery.c.wave_id)
        assert sum(wave == 2 for (wave,) in waves) == len(chats)

    work(tmp_path, story)


_minutes = st.one_of(st.none(), st.integers(0, 1439))
_wishes = st.fixed_dictionaries(
    {
        "mode": st.sampled_from(Mode),
        "kind": st.sampled_from([ChatKind.PRIVATE, ChatKind.CHANNEL]),
        "night_from_minute": _minutes,
        "night_to_minute": _minutes,
        "day_limit": st.one_of(st.none(), st.integers(1, 2)),
        "gap_s": st.one_of(st.none(), st.integers(0, 7200)),
    }
)
_Fates = dict[int, list[tuple[int, int, int]]]


async def _fates(
    folder: Path, wishes: list[dict[str, Any]], first: int, *, urgent: bool, scheduled: bool
) -> _Fates:
    """Return by chat what a second post of the day becomes there, planned in steps of `first`."""
    async with office(folder) as made:
        for number, wish in enumerate(wishes):
            await made.chat(str(number), **wish)
        for now in (START, START + 60_000):
            title = "Срочно: новость" if urgent else "Новость"
            async with made.db.write() as connection:
                post = await posts.add(
                    connection,
                    organization_id=made.federation,
                    kind=made.source.kind,
                    reach=Reach.OWN,
                    rubric_id=None,
                    urgent=urgent,
                    at=now,
                    now=now,
                )
                text = made.item("a").body
                revision = await posts.add_revision(
                    connection, post.id, title=title, body=text, link=None, media_ids=(), now=0
                )
                await posts.publish(connection, post.id, revision.id)
                more = {"scheduled": scheduled, "first": True}
                fanout.FIRST = first
                await fanout.plan(connection, made.rules.zone, post, revision.id, now, **more)
            await _to_the_end(made, first, now)
        async with made.db.read() as connection:
            rows = await connection.execute(
                sa.select(
                    tables.delivery.c.chat_id,
                    tables.wave.c.kind,
                    tables.wave.c.due_at,
                    tables.delivery.c.state,
                )
                .join(tables.wave, tables.delivery.c.wave_id == tables.wave.c.id)
                .order_by(tables.delivery.c.id)
            )
            found: _Fates = {}
            for chat, *fate in rows:
                found.setdefault(chat, []).append((fate[0], fate[1], fate[2]))
            return found


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    wishes=st.lists(_wishes, min_size=2, max_size=8),
    step=st.integers(1, 3),
    urgent=st.booleans(),
    scheduled=st.booleans(),
)
@pytest.mark.parametrize("each_database", ["sqlite"], indirect=True)
def test_in_steps_everybody_gets_what_they_would_get_at_once(
    wishes: list[dict[str, Any]], step: int, urgent: bool, scheduled: bool
) -> None:
    how = {"urgent": urgent, "scheduled": scheduled}
    # Planned at once, every chat is decided about by the rules; in steps, the database picks the simple ones.
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        at_once = asyncio.run(_fates(Path(one), wishes, 1_000, **how))
        in_steps = asyncio.run(_fates(Path(other), wishes, step, **how))
    assert in_steps == at_once
