"""What desks decide: approvals name a revision, the organization vouches first, undoing is in time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.words import Pictured, Reach, ReviewState, SubmissionState
from newsroom import reviews, revising
from newsroom.objection import Objection, Why
from newsroom.reviews import UNDO_MS
from storage import reviews as rows
from tests.newsroom.desks import HOUR, START, Desks, play

OWN, TERRITORY, REGION = Reach.OWN, Reach.TERRITORY, Reach.REGION
WAITING, APPROVED, PUBLISHED = ReviewState.WAITING, ReviewState.APPROVED, ReviewState.PUBLISHED
RETURNED, REFUSED = ReviewState.RETURNED, ReviewState.REFUSED
OVERDUE, CANCELLED = ReviewState.OVERDUE, ReviewState.CANCELLED


@pytest.mark.parametrize(
    ("slug", "reach", "desk"),
    [
        ("teachers", OWN, "teachers"),
        ("teachers", TERRITORY, "kineshma"),
        ("teachers", REGION, "federation"),
        ("youth", OWN, "youth"),
        ("youth", TERRITORY, "federation"),  # no municipality, no council
        ("kineshma", TERRITORY, "kineshma"),
        ("federation", REGION, "federation"),
    ],
)
def test_each_reach_has_its_desk(tmp_path: Path, slug: str, reach: Reach, desk: str) -> None:
    async def story(desks: Desks) -> None:
        review = await desks.send(slug, reach=reach)
        assert (review.level, review.organization_id) == (OWN, desks.organizations[slug])
        who = {"youth": "chair", "kineshma": "council", "federation": "region"}.get(slug, "anna")
        await desks.approve(review, who)
        last = await desks.last(review.post_id)
        assert last.level is reach
        assert last.organization_id == desks.organizations[desk]

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ("anna", None),
        ("region", None),  # a role covers the subtree
        ("press", Why.NOT_YOURS),
        ("council", Why.NOT_YOURS),
        ("chair", Why.NOT_YOURS),
    ],
)
def test_only_who_decides_there_may_approve(tmp_path: Path, who: str, why: Why | None) -> None:
    async def story(desks: Desks) -> None:
        review = await desks.send()
        if why is None:
            assert (await desks.approve(review, who)).state is APPROVED
            return
        with pytest.raises(Objection) as objection:
            await desks.approve(review, who)
        assert objection.value.why is why
        assert (await desks.read(review)).state is WAITING

    play(tmp_path, story)


def test_a_youth_council_is_decided_by_its_chair_and_not_by_moderators(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await desks.send("youth")
        with pytest.raises(Objection):
            await desks.approve(review, "region")
        assert (await desks.approve(review, "chair")).state is APPROVED

    play(tmp_path, story)


def test_an_approval_leaves_a_minute_to_undo_it(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        done = await desks.approve(await desks.send(), "anna")
        assert (done.publish_at, done.decided_at) == (START + UNDO_MS, START)
        assert done.decided_by_person_id == desks.people["anna"]

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("due_at", "at", "publish_at"),
    [
        (None, None, START + UNDO_MS),
        (None, START + HOUR, START + HOUR),
        (START + HOUR, None, START + HOUR),
        (START + HOUR, START + 2 * HOUR, START + 2 * HOUR),
        (START - HOUR, None, START + UNDO_MS),  # missed, and let out by hand
    ],
)
def test_it_goes_out_at_the_moment_named_or_planned_or_soon(
    tmp_path: Path, due_at: int | None, at: int | None, publish_at: int
) -> None:
    async def story(desks: Desks) -> None:
        done = await desks.approve(await desks.send(due_at=due_at), "anna", at=at)
        assert done.publish_at == publish_at

    play(tmp_path, story)


def test_nobody_approves_for_a_moment_that_has_passed(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await desks.send()
        with pytest.raises(Objection) as objection:
            await desks.approve(review, "anna", at=START)
        assert objection.value.why is Why.PASSED
        assert (await desks.read(review)).state is WAITING

    play(tmp_path, story)


def test_an_approval_lapses_when_the_author_changes_the_text(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await desks.send()
        await desks.approve(review, "anna")
        (again,) = await desks.change(review.post_id)
        assert (again.id, again.state, again.publish_at) == (review.id, WAITING, None)
        assert again.revision_id != review.revision_id
        await desks.pass_time(UNDO_MS)
        assert (await desks.about(review.post_id)).public_revision_id is None
        # Whoever still looks at the old text approves nothing.
        with pytest.raises(Objection) as objection:
            await desks.approve(review, "anna", revision=review.revision_id)
        assert objection.value.why is Why.CHANGED

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("needed", "who", "agreed"),
    [
        (1, ["anna"], True),
        (2, ["anna"], False),
        (2, ["anna", "anna"], False),  # one person counts once
        (2, ["anna", "boris"], True),
        (2, ["anna", "region"], True),
    ],
)
def test_as_many_agree_as_the_policy_wants(
    tmp_path: Path, needed: int, who: list[str], agreed: bool
) -> None:
    async def story(desks: Desks) -> None:
        await desks.policy(needed)
        review = await desks.send()
        for one in who:
            review = await desks.approve(review, one)
        assert (review.state is APPROVED) is agreed

    play(tmp_path, story)


def test_two_needed_are_two_for_the_same_text(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        await desks.policy(2)
        review = await desks.send()
        await desks.approve(review, "anna")
        await desks.change(review.post_id)
        assert (await desks.approve(review, "boris")).state is WAITING
        assert (await desks.approve(review, "anna")).state is APPROVED

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("waits", "second", "publish_at"),
    [
        (0, None, START + HOUR),
        (0, START + 2 * HOUR, START + 2 * HOUR),
        (HOUR, None, START + HOUR + UNDO_MS),  # too late for what the first one named
    ],
)
def test_the_moment_that_the_first_of_two_named_stands_until_the_second_names_another(
    tmp_path: Path, waits: int, second: int | None, publish_at: int
) -> None:
    async def story(desks: Desks) -> None:
        await desks.policy(2)
        review = await desks.send()
        await desks.approve(review, "anna", at=START + HOUR)
        await desks.pass_time(waits)
        assert (await desks.approve(review, "boris", at=second)).publish_at == publish_at

    play(tmp_path, story)


def test_a_moment_named_for_an_older_text_lapses_with_its_approval(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        await desks.policy(2)
        review = await desks.send()
        await desks.approve(review, "anna", at=START + HOUR)
        await desks.change(review.post_id)
        await desks.approve(review, "anna")
        assert (await desks.approve(review, "boris")).publish_at == START + UNDO_MS

    play(tmp_path, story)


def test_the_word_of_who_may_decide_no_more_does_not_count(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        await desks.policy(2)
        review = await desks.send()
        await desks.approve(review, "anna")
        await desks.revoke("anna")
        assert (await desks.approve(review, "boris")).state is WAITING
        assert (await desks.approve(review, "region")).state is APPROVED

    play(tmp_path, story)


def test_of_two_moderators_the_second_is_told_who_decided(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await desks.send()
        await desks.approve(review, "anna")
        for attempt in (desks.approve(review, "boris"), desks.send_back(review, "boris")):
            with pytest.raises(Objection) as objection:
                await attempt
            assert objection.value.why is Why.DECIDED
            assert objection.value.person_id == desks.people["anna"]

    play(tmp_path, story)


def test_the_region_is_asked_once_the_organization_has_agreed(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await desks.send(reach=REGION)
        assert await desks.of(review.post_id) == [(OWN, WAITING)]
        await desks.approve(review, "anna")
        assert await desks.of(review.post_id) == [(OWN, APPROVED), (REGION, WAITING)]

    play(tmp_path, story)


def test_a_refusal_by_the_region_leaves_the_own_publication(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await desks.send(reach=REGION)
        own = await desks.approve(review, "anna")
        await desks.send_back(await desks.last(review.post_id), "region")
        assert await desks.read(review) == own
        await desks.pass_time(UNDO_MS)
        assert await desks.of(review.post_id) == [(OWN, PUBLISHED), (REGION, REFUSED)]

    play(tmp_path, story)


def test_the_region_does_not_run_ahead_of_the_organization(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await desks.send(reach=REGION)
        await desks.approve(review, "anna", at=START + HOUR)
        wider = await desks.approve(await desks.last(review.post_id), "region")
        assert wider.publish_at == START + HOUR

    play(tmp_path, story)


@pytest.mark.parametrize("happening", ["author changes", "undone", "too late"])
def test_the_region_is_asked_about_nothing_that_the_organization_does_not_stand_by(
    tmp_path: Path, happening: str
) -> None:
    async def story(desks: Desks) -> None:
        review = await desks.send(reach=REGION)
        await desks.approve(review, "anna")
        wider = await desks.last(review.post_id)
        if happening == "author changes":
            await desks.change(review.post_id)
        elif happening == "undone":
            await desks.undo(review, "boris")
        else:
            await desks.pass_time(desks.rules.grace_ms + UNDO_MS + 1)
        with pytest.raises(Objection) as objection:
            await desks.approve(wider, "region")
        assert objection.value.why is Why.GONE
        # It is asked again as soon as the organization has agreed anew.
        await desks.approve(review, "anna")
        again = await desks.last(review.post_id)
        assert (again.level, again.state) == (REGION, WAITING)
        assert again.revision_id == (await desks.read(review)).revision_id

    play(tmp_path, story)


def test_who_decides_at_both_levels_is_asked_once(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await desks.send("federation", reach=REGION)
        await desks.approve(review, "region")
        assert await desks.of(review.post_id) == [(OWN, APPROVED), (REGION, APPROVED)]
        await desks.undo(review, "region")
        assert await desks.of(review.post_id) == [(OWN, WAITING), (REGION, CANCELLED)]

    play(tmp_path, story)


def test_where_nobody_has_to_agree_it_goes_out_by_itself(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        await desks.policy(0)
        review = await desks.send()
        assert (review.state, review.publish_at) == (APPROVED, START + UNDO_MS)
        assert review.decided_by_person_id is None
        await desks.pass_time(UNDO_MS)
        assert (await desks.read(review)).state is PUBLISHED

    play(tmp_path, story)


def test_where_nobody_has_to_agree_the_region_still_has_to(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        await desks.policy(0)
        await desks.policy(0, "federation")
        for slug in ("teachers", "federation"):
            review = await desks.send(slug, reach=REGION)
            assert await desks.of(review.post_id) == [(OWN, APPROVED), (REGION, WAITING)]

    play(tmp_path, story)


def test_a_change_where_nobody_has_to_agree_gets_a_minute_of_its_own(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        await desks.policy(0)
        review = await desks.send()
        desks.clock.advance(30_000)
        (again,) = await desks.change(review.post_id)
        assert (again.state, again.publish_at) == (APPROVED, START + 30_000 + UNDO_MS)
        assert again.revision_id != review.revision_id

    play(tmp_path, story)


def test_what_a_moderator_took_back_does_not_go_out_by_itself_again(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        await desks.policy(0)
        review = await desks.send()
        assert (await desks.undo(review, "anna")).state is WAITING
        (again,) = await desks.change(review.post_id)
        assert again.state is WAITING

    play(tmp_path, story)


@pytest.mark.parametrize(("ms", "in_time"), [(UNDO_MS - 1_000, True), (UNDO_MS + 1_000, False)])
def test_an_approval_is_undone_within_its_minute(tmp_path: Path, ms: int, in_time: bool) -> None:
    async def story(desks: Desks) -> None:
        review = await desks.send()
        await desks.approve(review, "anna")
        await desks.pass_time(ms)
        if in_time:
            undone = await desks.undo(review, "boris")
            assert (undone.state, undone.publish_at) == (WAITING, None)
            await desks.pass_time(HOUR)
            assert (await desks.about(review.post_id)).public_revision_id is None
        else:
            with pytest.raises(Objection) as objection:
                await desks.undo(review, "boris")
            assert objection.value.why is Why.TOO_LATE

    play(tmp_path, story)


def test_after_undoing_both_have_to_agree_again(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        await desks.policy(2)
        review = await desks.send()
        for one in ("anna", "boris"):
            await desks.approve(review, one)
        await desks.undo(review, "anna")
        assert (await desks.approve(review, "anna")).state is WAITING

    play(tmp_path, story)


def test_an_author_takes_back_what_nobody_had_to_approve(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        await desks.policy(0)
        review = await desks.send(reach=REGION)
        async with desks.write() as connection:
            await revising.recall(connection, review.id, desks.people["press"], desks.now)
        about = await desks.about(review.post_id)
        assert (about.state, about.card_at) == (SubmissionState.DRAFT, desks.now)
        assert await desks.of(review.post_id) == [(OWN, CANCELLED), (REGION, CANCELLED)]
        await desks.pass_time(HOUR)
        assert (await desks.about(review.post_id)).public_revision_id is None

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("approvals", "who", "ms", "why"),
    [
        (0, "anna", 0, Why.NOT_YOURS),
        (0, "press", UNDO_MS, Why.TOO_LATE),
        (1, "press", 0, Why.DECIDED),  # moderators take back what moderators approved
    ],
)
def test_an_author_takes_back_nothing_else(
    tmp_path: Path, approvals: int, who: str, ms: int, why: Why
) -> None:
    async def story(desks: Desks) -> None:
        await desks.policy(approvals)
        review = await desks.send()
        if approvals:
            await desks.approve(review, "anna")
        await desks.pass_time(ms)
        before = await desks.read(review)
        with pytest.raises(Objection) as objection:
            async with desks.write() as connection:
                await revising.recall(connection, review.id, desks.people[who], desks.now)
        assert objection.value.why is why
        assert await desks.read(review) == before

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("pictured", "picture", "blocked"),
    [
        (Pictured.CHILDREN, True, True),
        (Pictured.CHILDREN, False, False),  # the pictures were removed
        (Pictured.AGREED_ADULTS, True, False),
        (Pictured.NOBODY, True, False),
    ],
)
@pytest.mark.parametrize("approvals", [0, 1])
def test_children_need_their_parents_consent(
    tmp_path: Path, pictured: Pictured, picture: bool, blocked: bool, approvals: int
) -> None:
    async def story(desks: Desks) -> None:
        await desks.policy(approvals)
        review = await desks.send(pictured=pictured, picture=picture)
        if not blocked:
            assert review.state is (WAITING if approvals else APPROVED)
            return
        assert review.state is WAITING
        with pytest.raises(Objection) as objection:
            await desks.approve(review, "anna")
        assert objection.value.why is Why.CONSENT
        async with desks.write() as connection:
            await reviews.say_consent(
                connection, review.id, desks.people["anna"], "В школе № 5", desks.now
            )
        assert (await desks.approve(review, "anna")).state is APPROVED

    play(tmp_path, story)


@pytest.mark.parametrize("refuse", [True, False])
def test_what_was_returned_is_laid_anew_and_what_was_refused_is_not(
    tmp_path: Path, refuse: bool
) -> None:
    async def story(desks: Desks) -> None:
        review = await desks.send()
        done = await desks.send_back(review, "anna", refuse=refuse)
        assert (done.state, done.reason) == (REFUSED if refuse else RETURNED, "Нет даты")
        laid = await desks.change(review.post_id)
        assert [one.state for one in laid] == ([] if refuse else [WAITING])

    play(tmp_path, story)


def test_a_moderators_text_wants_an_approval_like_any_other(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        await desks.policy(2)
        review = await desks.send()
        await desks.approve(review, "anna")
        revision = await desks.edit(review, "boris")
        now = await desks.read(review)
        assert (now.state, now.revision_id) == (WAITING, revision)
        assert (await desks.approve(review, "boris")).state is WAITING

    play(tmp_path, story)


def test_a_text_is_edited_only_where_it_was_seen(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await desks.send()
        await desks.change(review.post_id)
        revision = await desks.text(review.post_id, "Правка")
        with pytest.raises(Objection) as objection:
            async with desks.write() as connection:
                await revising.edited(
                    connection,
                    desks.rules,
                    review.id,
                    desks.people["anna"],
                    review.revision_id,
                    revision,
                    desks.now,
                )
        assert objection.value.why is Why.CHANGED

    play(tmp_path, story)


async def published(desks: Desks, reach: Reach = OWN, **more: Any) -> int:
    """Send news and let it go out to all it is meant for; returns the post."""
    review = await desks.send(reach=reach, **more)
    await desks.approve(review, "anna")
    if reach is not OWN:
        who = "region" if reach is REGION else "council"
        await desks.approve(await desks.last(review.post_id), who)
    await desks.pass_time(UNDO_MS)
    return review.post_id


def test_what_is_out_is_changed_by_a_correction_of_its_own(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        post_id = await published(desks)
        before = (await desks.about(post_id)).public_revision_id
        (correction,) = await desks.change(post_id)
        assert (correction.correction, correction.state) == (True, WAITING)
        await desks.approve(correction, "anna")
        assert (await desks.about(post_id)).public_revision_id == before
        await desks.pass_time(UNDO_MS)
        assert (await desks.about(post_id)).public_revision_id == correction.revision_id

    play(tmp_path, story)


@pytest.mark.parametrize(("reach", "who"), [(TERRITORY, "council"), (REGION, "region")])
def test_a_correction_of_what_many_see_is_agreed_to_by_both_desks(
    tmp_path: Path, reach: Reach, who: str
) -> None:
    async def story(desks: Desks) -> None:
        post_id = await published(desks, reach)
        before = (await desks.about(post_id)).public_revision_id
        (correction,) = await desks.change(post_id)
        assert correction.level is OWN
        held = await desks.approve(correction, "anna")
        assert (held.state, held.publish_at) == (APPROVED, None)
        await desks.pass_time(HOUR)
        assert (await desks.about(post_id)).public_revision_id == before
        wider = await desks.last(post_id)
        assert (wider.level, wider.correction, wider.state) == (reach, True, WAITING)
        await desks.approve(wider, who)
        await desks.pass_time(UNDO_MS)
        assert (await desks.about(post_id)).public_revision_id == correction.revision_id
        assert {state for _, state in await desks.of(post_id)} == {PUBLISHED}

    play(tmp_path, story)


def test_a_correction_that_the_region_refuses_changes_nothing(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        post_id = await published(desks, REGION)
        before = (await desks.about(post_id)).public_revision_id
        (correction,) = await desks.change(post_id)
        await desks.approve(correction, "anna")
        await desks.send_back(await desks.last(post_id), "region")
        await desks.pass_time(HOUR)
        assert (await desks.about(post_id)).public_revision_id == before
        assert (await desks.of(post_id))[2:] == [(OWN, CANCELLED), (REGION, REFUSED)]

    play(tmp_path, story)


def test_while_a_correction_is_judged_the_region_does_not_let_the_old_text_out(
    tmp_path: Path,
) -> None:
    async def story(desks: Desks) -> None:
        review = await desks.send(reach=REGION)
        await desks.approve(review, "anna")
        await desks.pass_time(UNDO_MS)
        wider = await desks.approve(await desks.last(review.post_id), "region")
        (correction,) = await desks.change(review.post_id)
        await desks.pass_time(HOUR)
        assert (await desks.read(wider)).state is CANCELLED
        await desks.approve(correction, "anna")
        again = await desks.last(review.post_id)
        assert (again.level, again.correction) == (REGION, False)
        assert again.revision_id == correction.revision_id

    play(tmp_path, story)


def test_when_its_correction_is_refused_the_older_text_goes_on_to_the_region(
    tmp_path: Path,
) -> None:
    async def story(desks: Desks) -> None:
        review = await desks.send(reach=REGION)
        await desks.approve(review, "anna")
        await desks.pass_time(UNDO_MS)
        (correction,) = await desks.change(review.post_id)
        await desks.send_back(correction, "anna")
        again = await desks.last(review.post_id)
        assert (again.level, again.state) == (REGION, WAITING)
        assert again.revision_id == review.revision_id

    play(tmp_path, story)


def test_what_the_region_edits_is_agreed_to_by_who_decides_at_both_desks(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await desks.send(reach=REGION)
        await desks.approve(review, "anna", at=START + HOUR)
        revision = await desks.edit(await desks.last(review.post_id), "region")
        assert await desks.of(review.post_id) == [
            (OWN, APPROVED),  # the region does not hold it up
            (REGION, CANCELLED),
            (OWN, APPROVED),
            (REGION, WAITING),
        ]
        wider = await desks.approve(await desks.last(review.post_id), "region")
        assert wider.revision_id == revision
        await desks.pass_time(HOUR)
        assert (await desks.about(review.post_id)).public_revision_id == revision

    play(tmp_path, story)


def test_what_a_council_edits_is_laid_before_the_organization_first(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await desks.send(reach=TERRITORY)
        await desks.approve(review, "anna")
        revision = await desks.edit(await desks.last(review.post_id), "council")
        await desks.pass_time(UNDO_MS)
        # Its own news went out as the organization wanted it.
        assert (await desks.about(review.post_id)).public_revision_id == review.revision_id
        proposal = await desks.last(review.post_id)
        assert (proposal.level, proposal.state, proposal.correction) == (OWN, WAITING, True)
        await desks.approve(proposal, "boris")
        wider = await desks.last(review.post_id)
        assert (wider.level, wider.revision_id) == (TERRITORY, revision)

    play(tmp_path, story)


def test_a_change_lapses_every_correction_that_is_on_its_way(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        await desks.policy(0)
        review = await desks.send(reach=REGION)
        await desks.pass_time(UNDO_MS)
        await desks.change(review.post_id, "Вторая")
        await desks.edit(await desks.last(review.post_id), "region")
        async with desks.db.read() as connection:
            on_their_way = [
                one.id
                for one in await rows.of_post(connection, review.post_id)
                if one.level is OWN and one.state is APPROVED
            ]
        assert len(on_their_way) == 2
        (kept,) = await desks.change(review.post_id, "Последняя")
        assert kept.id == on_their_way[1]
        assert await desks.of(review.post_id) == [
            (OWN, PUBLISHED),
            (REGION, CANCELLED),
            (OWN, CANCELLED),
            (REGION, CANCELLED),
            (OWN, APPROVED),
            (REGION, CANCELLED),
            (REGION, WAITING),
        ]

    play(tmp_path, story)


def test_taking_over_is_noted_and_decides_nothing(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await desks.send()
        for one in ("anna", "boris"):
            async with desks.write() as connection:
                done = await reviews.take(connection, review.id, desks.people[one], desks.now)
            assert (done.taken_by_person_id, done.state) == (desks.people[one], WAITING)

    play(tmp_path, story)


def test_a_plan_that_is_out_is_not_set_aside_because_the_region_still_thinks(
    tmp_path: Path,
) -> None:
    async def story(desks: Desks) -> None:
        review = await desks.send(reach=REGION, due_at=START + HOUR)
        await desks.approve(review, "anna")
        await desks.pass_time(HOUR)
        assert await desks.of(review.post_id) == [(OWN, PUBLISHED), (REGION, WAITING)]
        unapproved = await desks.send(due_at=desks.now + HOUR)
        await desks.pass_time(HOUR)
        assert (await desks.read(unapproved)).state is OVERDUE

    play(tmp_path, story)


def test_a_desk_sees_what_waits_for_it_oldest_first(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        first, second = await desks.send(), await desks.send(reach=REGION)
        await desks.approve(second, "anna")
        third = await desks.send("youth")
        async with desks.db.read() as connection:
            ours = await rows.waiting_at(connection, [desks.organizations["teachers"]])
            all_of_them = await rows.waiting_at(connection, desks.organizations.values())
        assert [one.id for one in ours] == [first.id]
        assert [one.id for one in all_of_them] == [
            first.id,
            (await desks.last(second.post_id)).id,
            third.id,
        ]

    play(tmp_path, story)
