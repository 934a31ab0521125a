"""Plans are moved, limited and called off by their own, and lapse by themselves when nobody approved them."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.words import ReviewState, SubmissionState
from newsroom import plans, timetable
from newsroom.objection import Objection, Why
from newsroom.timetable import Standing
from storage import reviews as rows
from storage import submissions
from storage.reviews import Review
from tests.newsroom.desks import HOUR, START, Desks, play

MOSCOW = ZoneInfo("Europe/Moscow")
MINUTE = 60_000
DUE = START + 7 * HOUR  # 18:00
DAY = 24 * HOUR


async def plan(desks: Desks, due_at: int = DUE, **more: Any) -> Review:
    """Plan a post of the youth council."""
    return await desks.send("youth", author="young", due_at=due_at, **more)


async def move(desks: Desks, review: Review, who: str, due_at: int) -> Review:
    """Let somebody move a plan."""
    async with desks.write() as connection:
        await plans.reschedule(
            connection,
            desks.rules,
            review.post_id,
            desks.people[who],
            zone=MOSCOW,
            due_at=due_at,
            now=desks.now,
        )
    return await desks.read(review)


async def standing(desks: Desks, post_id: int) -> Standing:
    """Return how a plan stands."""
    async with desks.db.read() as connection:
        about = await submissions.get(connection, post_id)
        assert about is not None
        return (await timetable.read(connection, about)).standing


async def agree_by(desks: Desks, review: Review, who: str) -> Review:
    """Let somebody approve it."""
    await desks.approve(review, who)
    return await desks.read(review)


async def refused(desks: Desks, review: Review, who: str, due_at: int) -> Why:
    """Return why somebody may not move a plan."""
    with pytest.raises(Objection) as caught:
        await move(desks, review, who, due_at)
    return caught.value.why


def test_a_moment_that_the_first_of_two_named_gives_way_when_the_plan_is_moved(
    tmp_path: Path,
) -> None:
    async def story(desks: Desks) -> None:
        await desks.policy(2)
        review = await desks.send(due_at=DUE)
        await desks.approve(review, "anna", at=DUE + HOUR)
        await move(desks, review, "boris", DUE + 2 * HOUR)
        assert (await agree_by(desks, review, "boris")).publish_at == DUE + 2 * HOUR

    play(tmp_path, story)


def test_an_authors_move_of_an_approved_plan_wants_a_new_approval(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await agree_by(desks, await plan(desks), "chair")
        assert (review.state, review.publish_at) == (ReviewState.APPROVED, DUE)
        moved = await move(desks, review, "young", DUE + HOUR)
        assert (moved.state, moved.publish_at) == (ReviewState.WAITING, None)
        about = await desks.about(review.post_id)
        assert (about.wall, about.zone) == ("2026-11-23T19:00", "Europe/Moscow")
        assert about.due_at == DUE + HOUR
        await desks.pass_time(8 * HOUR)
        assert await standing(desks, review.post_id) is Standing.LAPSED

    play(tmp_path, story)


def test_a_chairs_move_keeps_the_approval(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        await desks.follow("youth", "youth")
        review = await agree_by(desks, await plan(desks), "chair")
        moved = await move(desks, review, "chair", DUE + HOUR)
        assert (moved.state, moved.publish_at) == (ReviewState.APPROVED, DUE + HOUR)
        await desks.pass_time(7 * HOUR)
        assert await desks.sent(review.post_id) == {}
        await desks.pass_time(HOUR)
        assert await desks.sent(review.post_id) == {"youth": [review.revision_id]}

    play(tmp_path, story)


def test_where_nobody_has_to_agree_a_move_needs_nobody_either(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        await desks.policy(0, "youth")
        review = await plan(desks)
        assert review.state is ReviewState.APPROVED
        moved = await move(desks, review, "young", DUE + HOUR)
        assert (moved.state, moved.publish_at) == (ReviewState.APPROVED, DUE + HOUR)

    play(tmp_path, story)


def test_half_an_approval_does_not_hold_for_another_moment(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        await desks.policy(2, "youth")
        review = await agree_by(desks, await plan(desks), "chair")
        async with desks.db.read() as connection:
            assert await rows.approvers(connection, review.id, review.revision_id)
        await move(desks, review, "young", DUE + HOUR)
        async with desks.db.read() as connection:
            assert not await rows.approvers(connection, review.id, review.revision_id)

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("who", "due_at", "why"),
    [
        ("anna", DUE + HOUR, Why.NOT_YOURS),  # decides, but elsewhere
        ("press", DUE + HOUR, Why.NOT_YOURS),
        ("young", START, Why.PASSED),
        ("young", START - HOUR, Why.PASSED),
    ],
)
def test_a_move_is_refused(tmp_path: Path, who: str, due_at: int, why: Why) -> None:
    async def story(desks: Desks) -> None:
        review = await plan(desks)
        assert await refused(desks, review, who, due_at) is why
        assert (await desks.about(review.post_id)).due_at == DUE

    play(tmp_path, story)


def test_an_author_whose_role_was_taken_back_moves_nothing(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await plan(desks)
        await desks.revoke("young")
        assert await refused(desks, review, "young", DUE + HOUR) is Why.NOT_YOURS

    play(tmp_path, story)


def test_what_is_out_cannot_be_moved_or_called_off(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await agree_by(desks, await plan(desks), "chair")
        await desks.pass_time(7 * HOUR)
        assert await standing(desks, review.post_id) is Standing.OUT
        assert await refused(desks, review, "chair", DUE + HOUR) is Why.TOO_LATE
        async with desks.write() as connection:
            with pytest.raises(Objection, match="too-late"):
                await plans.call_off(connection, review.post_id, desks.people["young"], desks.now)

    play(tmp_path, story)


def test_a_limit_must_lie_behind_the_moment_and_goes_when_the_plan_passes_it(
    tmp_path: Path,
) -> None:
    async def story(desks: Desks) -> None:
        review = await plan(desks)
        young = desks.people["young"]
        async with desks.write() as connection:
            with pytest.raises(Objection, match="passed"):
                await plans.keep_until(connection, review.post_id, young, DUE, desks.now)
            await plans.keep_until(connection, review.post_id, young, DUE + HOUR, desks.now)
        await move(desks, review, "young", DUE + MINUTE)
        assert (await desks.about(review.post_id)).not_after_at == DUE + HOUR
        await move(desks, review, "young", DUE + 2 * HOUR)
        assert (await desks.about(review.post_id)).not_after_at is None

    play(tmp_path, story)


def test_past_its_limit_a_plan_does_not_go_out_though_the_grace_is_longer(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await plan(desks, not_after_at=DUE + 10 * MINUTE)
        await desks.approve(review, "chair")
        await desks.pass_time(7 * HOUR + 11 * MINUTE)
        assert await standing(desks, review.post_id) is Standing.MISSED

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("late", "how"),
    [
        (0, Standing.OUT),
        (10 * MINUTE, Standing.OUT),
        (2 * HOUR, Standing.OUT),
        (2 * HOUR + MINUTE, Standing.MISSED),
        (5 * HOUR, Standing.MISSED),
    ],
)
def test_after_an_outage_a_plan_goes_out_within_its_grace(
    tmp_path: Path, late: int, how: Standing
) -> None:
    async def story(desks: Desks) -> None:
        review = await agree_by(desks, await plan(desks), "chair")
        await desks.pass_time(7 * HOUR + late)
        assert await standing(desks, review.post_id) is how

    play(tmp_path, story)


def test_an_unapproved_plan_lapses_once_and_at_its_moment(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await plan(desks)
        await desks.pass_time(7 * HOUR - 1)
        assert await standing(desks, review.post_id) is Standing.WAITING
        await desks.pass_time(1)
        assert await standing(desks, review.post_id) is Standing.LAPSED
        async with desks.write() as connection:
            assert await plans.lapse(connection, desks.now) == []
        with pytest.raises(Objection, match="passed"):
            await desks.approve(review, "chair", at=DUE)

    play(tmp_path, story)


def test_a_lapsed_plan_gets_a_new_moment_and_waits_again(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await plan(desks)
        await desks.pass_time(8 * HOUR)
        again = await move(desks, review, "young", DUE + DAY)
        assert (again.state, again.asked_at) == (ReviewState.WAITING, None)
        done = await agree_by(desks, again, "chair")
        assert (done.state, done.publish_at) == (ReviewState.APPROVED, DUE + DAY)

    play(tmp_path, story)


def test_what_nobody_had_to_approve_is_released_by_its_author(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        await desks.policy(0, "youth")
        review = await plan(desks)
        await desks.pass_time(7 * HOUR + 5 * HOUR)
        assert await standing(desks, review.post_id) is Standing.MISSED
        async with desks.write() as connection:
            await plans.release(
                connection, desks.rules, review.post_id, desks.people["young"], desks.now
            )
        assert (await desks.read(review)).state is ReviewState.APPROVED
        await desks.pass_time(MINUTE)
        assert await standing(desks, review.post_id) is Standing.OUT

    play(tmp_path, story)


def test_a_released_plan_still_needs_its_approval(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await plan(desks)
        await desks.pass_time(8 * HOUR)
        async with desks.write() as connection:
            await plans.release(
                connection, desks.rules, review.post_id, desks.people["young"], desks.now
            )
        assert (await desks.read(review)).state is ReviewState.WAITING
        await desks.pass_time(DAY)
        assert await standing(desks, review.post_id) is Standing.WAITING

    play(tmp_path, story)


def test_called_off_nothing_goes_out_and_nobody_decides(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await agree_by(desks, await plan(desks), "chair")
        async with desks.write() as connection:
            await plans.call_off(connection, review.post_id, desks.people["young"], desks.now)
            assert await plans.last_word(connection, review.post_id) == desks.people["young"]
        assert (await desks.about(review.post_id)).state is SubmissionState.DISCARDED
        assert (await desks.read(review)).state is ReviewState.CANCELLED
        await desks.pass_time(DAY)
        assert await desks.sent(review.post_id) == {}

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("left", "passed"),
    [(25 * HOUR, 0), (DAY, 1), (3 * HOUR, 1), (2 * HOUR, 2), (16 * MINUTE, 2), (MINUTE, 3)],
)
def test_marks_are_counted_from_the_moment_back(left: int, passed: int) -> None:
    assert plans.marks_passed(DUE, DUE - left) == passed


@pytest.mark.parametrize(
    ("minutes", "near"),
    [(-31, False), (-30, True), (0, True), (29, True), (30, True), (31, False)],
)
def test_another_post_within_half_an_hour_is_near(tmp_path: Path, minutes: int, near: bool) -> None:
    async def story(desks: Desks) -> None:
        first = await plan(desks)
        second = await plan(desks, DUE + minutes * MINUTE)
        about = await desks.about(second.post_id)
        async with desks.db.read() as connection:
            found = await timetable.neighbours(connection, about, DUE + minutes * MINUTE)
        assert found == ([(first.post_id, DUE)] if near else [])

    play(tmp_path, story)


def test_what_is_approved_for_a_moment_without_a_plan_is_near_too(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        news = await desks.send()
        await desks.approve(news, "anna", at=DUE)
        other = await desks.send()
        foreign = await plan(desks)
        async with desks.db.read() as connection:
            about = await desks.about(other.post_id)
            assert await timetable.neighbours(connection, about, DUE) == [(news.post_id, DUE)]
            elsewhere = await desks.about(foreign.post_id)
            assert await timetable.neighbours(connection, elsewhere, DUE) == []

    play(tmp_path, story)


def test_what_was_called_off_is_not_in_the_way(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        first, second = await plan(desks), await plan(desks)
        async with desks.write() as connection:
            await plans.call_off(connection, first.post_id, desks.people["young"], desks.now)
            about = await desks.about(second.post_id)
            assert await timetable.neighbours(connection, about, DUE) == []

    play(tmp_path, story)
