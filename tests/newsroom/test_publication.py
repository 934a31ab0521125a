"""What is approved goes out once to everybody it is for, and nothing else ever does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.richtext import plain
from core.words import Pictured, Reach, ReviewState, SubmissionState
from newsroom import drafts, plans, retraction
from newsroom.reviews import UNDO_MS
from storage import reviews as rows
from storage import submissions, tables
from tests.newsroom.desks import HOUR, START, Desks, play

OWN, TERRITORY, REGION = Reach.OWN, Reach.TERRITORY, Reach.REGION
GRACE = 2 * HOUR


async def channels(desks: Desks) -> None:
    """Let four channels follow: the teachers', the council's, the region's, and one that follows all."""
    await desks.follow("teachers", "teachers")
    await desks.follow("kineshma", "kineshma")
    await desks.follow("region", "federation")
    await desks.follow("all", "teachers", "kineshma", "federation")


@pytest.mark.parametrize(
    ("reach", "who", "own", "wider"),
    [
        (OWN, None, {"teachers", "all"}, set()),
        (TERRITORY, "council", {"teachers", "all"}, {"kineshma"}),
        (REGION, "region", {"teachers", "all"}, {"region"}),
    ],
)
def test_each_desks_approval_reaches_its_own_circle_and_each_chat_once(
    tmp_path: Path, reach: Reach, who: str | None, own: set[str], wider: set[str]
) -> None:
    async def story(desks: Desks) -> None:
        await channels(desks)
        review = await desks.send(reach=reach)
        await desks.pass_time(HOUR)
        assert await desks.sent(review.post_id) == {}
        await desks.approve(review, "anna")
        await desks.pass_time(UNDO_MS)
        assert await desks.sent(review.post_id) == {name: [review.revision_id] for name in own}
        if who is not None:
            await desks.approve(await desks.last(review.post_id), who)
        await desks.pass_time(UNDO_MS)
        await desks.publish()
        assert await desks.sent(review.post_id) == {
            name: [review.revision_id] for name in own | wider
        }

    play(tmp_path, story)


def test_both_approvals_in_one_minute_send_each_chat_one_copy(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        await channels(desks)
        review = await desks.send(reach=REGION)
        await desks.approve(review, "anna")
        await desks.approve(await desks.last(review.post_id), "region")
        await desks.pass_time(UNDO_MS)
        assert await desks.sent(review.post_id) == {
            name: [review.revision_id] for name in ("teachers", "all", "region")
        }
        post = await _post(desks, review.post_id)
        assert (post.reach, post.at) == (REGION, desks.now)

    play(tmp_path, story)


async def _post(desks: Desks, post_id: int) -> Any:
    async with desks.db.read() as connection:
        return (await connection.execute(tables.post.select().filter_by(id=post_id))).one()


def test_children_of_whom_the_author_speaks_after_the_approval_do_not_go_out(
    tmp_path: Path,
) -> None:
    async def story(desks: Desks) -> None:
        await channels(desks)
        review = await desks.send(pictured=Pictured.NOBODY, picture=True)
        await desks.approve(review, "anna")
        async with desks.write() as connection:
            await submissions.change(
                connection, review.post_id, pictured=int(Pictured.CHILDREN), consent_place=None
            )
        await desks.pass_time(UNDO_MS)
        assert await desks.sent(review.post_id) == {}
        assert (await desks.read(review)).state is ReviewState.WAITING

    play(tmp_path, story)


@pytest.mark.parametrize("wider", [False, True])
def test_nothing_goes_out_that_too_few_agreed_to(tmp_path: Path, wider: bool) -> None:
    """Even if a row says it is approved: approvals are counted once more at the door."""

    async def story(desks: Desks) -> None:
        await channels(desks)
        review = await desks.send(reach=REGION)
        if wider:
            await desks.approve(review, "anna", at=START + HOUR)
            review = await desks.last(review.post_id)
        async with desks.write() as connection:
            await rows.change(
                connection, review.id, state=int(ReviewState.APPROVED), publish_at=desks.now
            )
        await desks.publish()
        assert await desks.sent(review.post_id) == {}
        assert (await desks.read(review)).state is ReviewState.WAITING

    play(tmp_path, story)


def test_the_region_publishes_no_text_that_the_organization_did_not_approve(
    tmp_path: Path,
) -> None:
    async def story(desks: Desks) -> None:
        await channels(desks)
        review = await desks.send(reach=REGION)
        await desks.approve(review, "anna", at=START + HOUR)
        wider = await desks.last(review.post_id)
        other = await desks.text(review.post_id, "Другой текст")
        async with desks.write() as connection:
            await rows.change(
                connection,
                wider.id,
                revision_id=other,
                state=int(ReviewState.APPROVED),
                publish_at=desks.now,
            )
            await rows.approve(connection, wider.id, desks.people["region"], other, desks.now)
        await desks.publish()
        assert await desks.sent(review.post_id) == {}

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("late", "not_after", "state"),
    [
        (0, None, ReviewState.PUBLISHED),
        (GRACE, None, ReviewState.PUBLISHED),
        (GRACE + 1, None, ReviewState.OVERDUE),
        (HOUR, 2 * HOUR, ReviewState.PUBLISHED),
        (HOUR + 1, 2 * HOUR, ReviewState.OVERDUE),  # «не позже» is nearer than the grace
    ],
)
def test_what_an_outage_delayed_goes_out_within_its_grace_or_is_asked_about(
    tmp_path: Path, late: int, not_after: int | None, state: ReviewState
) -> None:
    async def story(desks: Desks) -> None:
        await channels(desks)
        last = None if not_after is None else START + not_after
        review = await desks.send(due_at=START + HOUR, not_after_at=last)
        await desks.approve(review, "anna")
        await desks.pass_time(HOUR + late)
        now = await desks.read(review)
        assert now.state is state
        assert bool(await desks.sent(review.post_id)) is (state is ReviewState.PUBLISHED)
        if state is ReviewState.OVERDUE:
            assert now.publish_at is None
            await desks.pass_time(10 * HOUR)
            assert await desks.sent(review.post_id) == {}

    play(tmp_path, story)


def test_what_missed_its_moment_goes_out_when_somebody_says_so(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        await channels(desks)
        review = await desks.send(due_at=START + HOUR, not_after_at=START + 2 * HOUR)
        await desks.approve(review, "anna")
        await desks.pass_time(5 * HOUR)
        again = await desks.approve(review, "boris")
        assert again.publish_at == desks.now + UNDO_MS
        await desks.pass_time(UNDO_MS)
        assert set(await desks.sent(review.post_id)) == {"teachers", "all"}

    play(tmp_path, story)


def test_a_plan_that_nobody_approved_does_not_go_out(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        await channels(desks)
        review = await desks.send(due_at=START + HOUR)
        await desks.pass_time(HOUR)
        assert (await desks.read(review)).state is ReviewState.OVERDUE
        assert await desks.sent(review.post_id) == {}

    play(tmp_path, story)


def test_half_of_two_approvals_does_not_outlive_the_moment(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        await desks.policy(2)
        review = await desks.send(due_at=START + HOUR)
        await desks.approve(review, "anna")
        await desks.pass_time(HOUR)
        assert (await desks.approve(review, "boris")).state is ReviewState.OVERDUE
        assert (await desks.approve(review, "anna")).state is ReviewState.APPROVED

    play(tmp_path, story)


@pytest.mark.parametrize("how", ["withdrawn", "called off"])
def test_what_was_taken_back_never_goes_out(tmp_path: Path, how: str) -> None:
    async def story(desks: Desks) -> None:
        await channels(desks)
        review = await desks.send(reach=REGION)
        approved = await desks.approve(review, "anna")
        await desks.approve(await desks.last(review.post_id), "region")
        press, post_id = desks.people["press"], review.post_id
        async with desks.write() as connection:
            if how == "withdrawn":
                await drafts.discard(connection, post_id, press, desks.now)
            else:
                await plans.call_off(connection, post_id, press, desks.now)
        # Even a row that somehow says it may go is stopped at the door.
        for approve_anyway in (False, True):
            if approve_anyway:
                async with desks.write() as connection:
                    await rows.change(
                        connection,
                        review.id,
                        state=int(ReviewState.APPROVED),
                        publish_at=approved.publish_at,
                    )
            await desks.pass_time(UNDO_MS)
            assert await desks.sent(post_id) == {}
            assert (await desks.read(review)).state is ReviewState.CANCELLED
        assert (await desks.about(post_id)).public_revision_id is None

    play(tmp_path, story)


def test_what_was_retracted_goes_no_farther(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        await channels(desks)
        review = await desks.send(reach=REGION)
        await desks.approve(review, "anna")
        await desks.pass_time(UNDO_MS)
        wider = await desks.approve(await desks.last(review.post_id), "region", at=desks.now + HOUR)
        async with desks.write() as connection:
            await retraction.retract(
                connection,
                review.post_id,
                desks.people["press"],
                "Ошибка",
                plain("—"),
                desks.now,
            )
        for approve_anyway in (False, True):
            if approve_anyway:
                async with desks.write() as connection:
                    await rows.change(
                        connection,
                        wider.id,
                        state=int(ReviewState.APPROVED),
                        publish_at=wider.publish_at,
                    )
            await desks.pass_time(HOUR)
            assert "region" not in await desks.sent(review.post_id)
            assert (await desks.read(wider)).state is ReviewState.CANCELLED

    play(tmp_path, story)


def test_a_correction_reaches_every_copy_that_is_on_its_way(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        await channels(desks)
        review = await desks.send()
        await desks.approve(review, "anna")
        await desks.pass_time(UNDO_MS)
        (correction,) = await desks.change(review.post_id)
        await desks.pass_time(UNDO_MS)
        assert await desks.sent(review.post_id) == {
            name: [review.revision_id] for name in ("teachers", "all")
        }
        await desks.approve(correction, "anna")
        await desks.pass_time(UNDO_MS)
        assert await desks.sent(review.post_id) == {
            name: [correction.revision_id] for name in ("teachers", "all")
        }

    play(tmp_path, story)


def test_the_author_is_told_of_it_a_moment_later(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await desks.send()
        await desks.approve(review, "anna")
        await desks.pass_time(UNDO_MS)
        about = await desks.about(review.post_id)
        assert about.state is SubmissionState.SENT
        assert about.report_at is not None
        assert desks.now < about.report_at <= desks.now + 5_000

    play(tmp_path, story)


def test_what_is_undone_while_the_publisher_looks_stays_here(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        await channels(desks)
        review = await desks.send()
        await desks.approve(review, "anna")
        desks.clock.advance(UNDO_MS)
        await desks.undo(review, "anna")
        await desks.publish()
        assert await desks.sent(review.post_id) == {}

    play(tmp_path, story)
