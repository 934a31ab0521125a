"""Taking a post back: who may, what is planned by it, and that it never returns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.feed import FeedItem
from core.messenger import Later
from core.richtext import plain
from core.words import (
    DeliveryState,
    Lane,
    Mode,
    Reach,
    Reason,
    ReviewState,
    RoleKind,
    SubmissionState,
    WaveKind,
)
from newsroom import desk, publication, resending, retraction
from newsroom.objection import Objection, Why
from storage import claims, outgoing, people, posts, reviews, roles, sources, submissions, tables
from tests.bots.house import House, play
from tests.broadcaster.office import Office, work

NOTICE = plain("Эта новость отозвана.")


async def publish(house: House, author: str | None = None, slug: str = "org-1") -> int:
    """Write a post that is out, submitted by its author if there is one; returns its id."""
    revision = await house.row(tables.revision, id=await house.post(slug))
    if author is not None:
        now = house.clock.now()
        person = await house.row(tables.chat, external=author)
        values = {"role": RoleKind.PRESS, "state": SubmissionState.SENT, "reach": Reach.OWN}
        async with house.db.write() as c:
            await c.execute(
                tables.submission.insert().values(
                    post_id=revision.post_id,
                    author_id=person.person_id,
                    touched_at=now,
                    sent_at=now,
                    **values,
                )
            )
    return int(revision.post_id)


async def out(house: House, post_id: int, state: DeliveryState, **values: Any) -> int:
    """Write a delivery of a post to a chat of its own, or to the one named; returns its id."""
    now = house.clock.now()
    chat = values.pop("chat", None)
    if chat is None:
        number = next(house.numbers)
        chat = await house.add(tables.chat, account_id=1, external=f"c{number}", kind=3, state=1)
    wave = await house.add(
        tables.wave,
        account_id=1,
        kind=values.pop("kind", WaveKind.CREATE),
        lane=Lane.NEWS,
        due_at=now,
        post_id=post_id,
        revision_id=(await house.row(tables.revision, post_id=post_id)).id,
        created_at=now,
    )
    return await house.add(tables.delivery, wave_id=wave, chat_id=chat, state=state, **values)


async def retract(house: House, post_id: int, person: str) -> set[int]:
    """Let a person take a post back."""
    who = (await house.row(tables.chat, external=person)).person_id
    async with house.db.write() as c:
        return await retraction.retract(c, post_id, who, "Ошибка", NOTICE, house.clock.now())


async def why_not(house: House, post_id: int, person: str) -> Why | None:
    """Return the objection to a person's taking a post back, None when it is done."""
    try:
        await retract(house, post_id, person)
    except Objection as objection:
        return objection.why
    return None


@pytest.mark.parametrize(
    ("kind", "slug", "wanted"),
    [
        (RoleKind.MODERATOR, "org-1", None),
        (RoleKind.MODERATOR, "federation", None),
        (RoleKind.MODERATOR, "org-2", Why.NOT_YOURS),
        (RoleKind.PRESS, "org-1", Why.NOT_YOURS),
        (RoleKind.ADMINISTRATOR, "federation", Why.NOT_YOURS),
        (RoleKind.YOUTH_CHAIR, "youth", Why.NOT_YOURS),
    ],
)
def test_a_moderator_takes_back_what_the_role_covers(
    tmp_path: Path, kind: RoleKind, slug: str, wanted: Why | None
) -> None:
    async def story(house: House) -> None:
        await house.role("20", kind, slug)
        post = await publish(house)
        assert await why_not(house, post, "20") is wanted
        row = await house.row(tables.post, id=post)
        assert (row.retracted_at is None) is (wanted is not None)

    play(tmp_path, story)


def test_an_author_takes_back_the_own_while_the_role_is_held(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("20", RoleKind.PRESS)
        await house.role("21", RoleKind.PRESS)
        first, second = await publish(house, "20"), await publish(house, "20")
        assert await why_not(house, first, "21") is Why.NOT_YOURS
        assert await why_not(house, first, "20") is None
        assert await why_not(house, first, "20") is Why.GONE
        async with house.db.write() as c:
            role = (await house.rows(tables.role))[0]
            await roles.revoke(c, role.id, None, house.clock.now())
        assert await why_not(house, second, "20") is Why.NOT_YOURS

    play(tmp_path, story)


def test_what_is_not_out_is_no_matter_for_retraction(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("20", RoleKind.MODERATOR)
        post = await publish(house)
        async with house.db.write() as c:
            await c.execute(sa.update(tables.post).values(public_revision_id=None))
            assert not await retraction.may_retract(c, 1, post)
        assert await why_not(house, post, "20") is Why.GONE
        assert await why_not(house, 999, "20") is Why.GONE

    play(tmp_path, story)


def test_every_copy_gets_its_undoing_newest_first(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("20", RoleKind.MODERATOR)
        post = await publish(house)
        twice = await house.add(tables.chat, account_id=1, external="c", kind=3, state=1)
        old = await out(house, post, DeliveryState.SENT, chat=twice, message="1")
        other = await out(house, post, DeliveryState.SENT, message="2")
        new = await out(
            house, post, DeliveryState.SENT, chat=twice, message="3", kind=WaveKind.RESEND
        )
        waits = await out(house, post, DeliveryState.PENDING)
        assert await retract(house, post, "20") == {1}
        undoing = [row for row in await house.rows(tables.delivery) if row.of_id is not None]
        assert [row.of_id for row in undoing] == [new, other, old]
        # A chat's second copy goes in a wave of its own.
        assert undoing[0].wave_id == undoing[1].wave_id != undoing[2].wave_id
        waves = await house.rows(tables.wave, lane=Lane.RETRACT)
        assert {row.kind for row in waves} == {WaveKind.RETRACT}
        notice = await house.row(tables.revision, id=waves[0].revision_id)
        assert notice.body["text"] == NOTICE.text
        assert (await house.row(tables.delivery, id=waits)).state == DeliveryState.CANCELLED

    play(tmp_path, story)


def test_its_desks_decide_no_more_and_its_author_will_hear(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("20", RoleKind.PRESS)
        post = await publish(house, "20")
        revision = await house.row(tables.revision, post_id=post)
        async with house.db.write() as c:
            review = await reviews.add(
                c,
                post_id=post,
                level=Reach.REGION,
                organization_id=1,
                needed=1,
                revision_id=revision.id,
                correction=False,
                now=house.clock.now(),
            )
        assert await retract(house, post, "20") == set()
        async with house.db.read() as c:
            gone = await reviews.get(c, review.id)
            about = await submissions.get(c, post)
        assert gone is not None
        assert gone.state is ReviewState.CANCELLED
        assert about is not None
        assert about.state is SubmissionState.RETRACTED
        assert about.report_at is not None
        (line,) = await house.rows(tables.journal, action="post.retracted")
        assert line.detail["reason"] == "Ошибка"
        # Nothing was out: no notice is needed.
        assert len(await house.rows(tables.revision, post_id=post)) == 1

    play(tmp_path, story)


def test_it_does_not_return_by_an_approval(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("20", RoleKind.PRESS)
        post = await publish(house, "20")
        revision = await house.row(tables.revision, post_id=post)
        now = house.clock.now()
        await retract(house, post, "20")
        async with house.db.write() as c:
            # As a decision in the same moment would leave it.
            review = await reviews.add(
                c,
                post_id=post,
                level=Reach.REGION,
                organization_id=1,
                needed=1,
                revision_id=revision.id,
                correction=False,
                now=now,
            )
            await reviews.change(c, review.id, state=int(ReviewState.APPROVED), publish_at=now)
            (due,) = await reviews.due(c, now)
            assert await publication.go_out(c, house.settings.rules, due, now) == set()
            gone = await reviews.get(c, review.id)
        assert gone is not None
        assert gone.state is ReviewState.CANCELLED
        assert not await house.rows(tables.wave)

    play(tmp_path, story)


def test_it_does_not_return_by_its_site(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("20", RoleKind.MODERATOR, "federation")
        now = house.clock.now()
        await house.add(
            tables.source,
            slug="news",
            organization_id=1,
            url="http://127.0.0.1/",
            interval_s=60,
            reach=Reach.REGION,
            kind=1,
            next_at=0,
            polled_at=1,
        )
        await house.subscribe("7", "federation")
        item = FeedItem("a", "Новость", None, now, plain("Текст."))
        async with house.db.write() as c:
            (source,) = await sources.due(c, now)
            await desk.take(c, house.settings.rules, source, item, "1", (), now)
            known = (await sources.seen(c, source.id, ["a"]))["a"]
        post = known.post_id
        assert post is not None
        await retract(house, post, "20")
        changed = FeedItem("a", "Новость", None, now, plain("Другой текст."))
        async with house.db.write() as c:
            assert await desk.correct(c, known, changed, "2", (), now) == set()
            assert await posts.public_revision(c, post) is None
        states = {row.state for row in await house.rows(tables.delivery)}
        assert states == {DeliveryState.CANCELLED}

    play(tmp_path, story)


def test_it_is_not_among_the_latest(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("20", RoleKind.MODERATOR)
        await house.subscribe("7", "org-1")
        post = await publish(house)
        chat = (await house.row(tables.chat, external="7")).id
        await retract(house, post, "20")
        async with house.db.write() as c:
            assert not await desk.send_latest(c, chat, house.clock.now())

    play(tmp_path, story)


def test_it_is_not_sent_again(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        person = await house.role("20", RoleKind.MODERATOR)
        post = await publish(house)
        await out(house, post, DeliveryState.REFUSED, reason=Reason.NO_RIGHTS)
        await retract(house, post, "20")
        async with house.db.write() as c:
            assert await resending.refused(c, post, house.clock.now()) == []
            with pytest.raises(Objection) as objection:
                await resending.send_again(c, post, person, house.clock.now())
        assert objection.value.why is Why.GONE

    play(tmp_path, story)


@pytest.mark.parametrize("arrived", [True, False])
def test_what_nobody_knew_of_waits_for_a_word_and_is_undone_by_it(
    tmp_path: Path, arrived: bool
) -> None:
    async def story(house: House) -> None:
        await house.role("20", RoleKind.MODERATOR)
        post = await publish(house)
        one = await out(house, post, DeliveryState.UNKNOWN)
        await retract(house, post, "20")
        assert await claimed(house) == []
        async with house.db.write() as c:
            if arrived:
                await outgoing.arrived(c, one, house.clock.now())
            else:
                await outgoing.give_up(c, one, house.clock.now())
        assert await claimed(house) == [one]

    play(tmp_path, story)


async def claimed(house: House) -> list[int | None]:
    """Return what the courier would undo now."""
    async with house.db.read() as c:
        found = await claims.claimable(c, 1, "alpha", house.clock.now(), 10)
    return [claim.of_id for claim in found]


async def take_back(made: Office, key: str) -> None:
    """Take an item's post back as the region's moderator."""
    now = made.clock.now()
    async with made.db.write() as c:
        person = await people.by_identity(c, "alpha", "20")
        if person is None:
            person = await people.find_or_add(c, "alpha", "20", "Анна", now)
            await roles.grant(c, person, made.federation, RoleKind.MODERATOR, None, now)
        post_id = (await sources.seen(c, made.source.id, [key]))[key].post_id
        assert post_id is not None
        await retraction.retract(c, post_id, person, "Ошибка", NOTICE, now)


def test_a_selection_loses_one_post_and_goes_with_the_last(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", mode=Mode.DIGEST)
        await made.take("a")
        await made.take("b")
        await made.rest(86_400)
        (text,) = made.messenger.texts("1")
        assert "Новость a" in text
        # A messenger that asks for a pause is asked again.
        made.messenger.edits["1"].append(Later(Reason.THROTTLED, "", 30.0))
        await take_back(made, "a")
        await made.rest(40, times=2)
        left = made.messenger.edited[-1][2].text.text
        assert len(made.messenger.edited) == 2
        assert "Новость b" in left
        assert "Новость a" not in left
        assert not made.messenger.deleted
        await take_back(made, "b")
        await made.rest(40)
        assert made.messenger.deleted == [("1",)]
        assert await made.open_waves() == 0

    work(tmp_path, story)


def test_nothing_leaves_of_what_was_taken_back_before_its_turn(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", mode=Mode.DIGEST)
        await made.chat("2", mode=Mode.DIGEST)
        await made.chat("3")
        await made.take("a")
        await take_back(made, "a")
        await made.take("b")
        await made.rest(86_400)
        said = [text for chat in ("1", "2", "3") for text in made.messenger.texts(chat)]
        assert len(said) == 3
        assert not any("Новость a" in text for text in said)
        assert await made.open_waves() == 0

    work(tmp_path, story)
