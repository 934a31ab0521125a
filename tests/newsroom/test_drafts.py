"""Drafts are composed of messages, belong to a role, and are sent only when nothing is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from core.incoming import Incoming, IncomingFile, IncomingKind
from core.richtext import plain
from core.words import (
    ChatKind,
    OrganizationKind,
    Pictured,
    Reach,
    ReviewState,
    RoleKind,
    SubmissionState,
)
from newsroom import doubles, drafts, gathering
from newsroom.desk import DeskRules
from newsroom.objection import Objection, Why
from newsroom.rewrite import Content
from storage import manuscripts, media, people, reviews, roles, submissions, tables
from storage.rows import insert
from storage.submissions import Submission
from tests.support.database import fresh

NOW = 1_795_420_800_000
RULES = DeskRules(ZoneInfo("Europe/Moscow"))
NEWS = "Оклады выросли\n\nС января зарплата учителей области выше на десятую часть."
MINUTE = 60_000


class Town:
    """A federation with one organization, one press officer and the dialog with them."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Speak within one transaction."""
        self.connection = connection
        self.federation = self.own = self.author = self.chat = 0
        self.numbers = 0

    async def build(self) -> None:
        """Found everything."""
        c = self.connection
        self.federation = await insert(
            c, tables.organization, slug="f", name="Ф", short="Ф", kind=OrganizationKind.FEDERATION
        )
        self.own = await insert(
            c,
            tables.organization,
            slug="o",
            name="О",
            short="О",
            kind=OrganizationKind.MEMBER,
            parent_id=self.federation,
        )
        account = await insert(
            c, tables.account, slug="a", network="alpha", organization_id=self.federation
        )
        self.author = await people.find_or_add(c, "alpha", "7", "Анна", NOW)
        self.chat = await insert(
            c,
            tables.chat,
            account_id=account,
            external="7",
            kind=1,
            state=1,
            title="",
            person_id=self.author,
        )
        await roles.grant(c, self.author, self.own, RoleKind.PRESS, None, NOW)

    def message(
        self,
        text: str = "",
        *files: str,
        at: int = NOW,
        message: str | None = None,
        album: str | None = None,
    ) -> Incoming:
        """Return a message of the author."""
        self.numbers += 1
        attached = tuple(IncomingFile("photo", name) for name in files)
        return Incoming(
            key=f"k{self.numbers}",
            kind=IncomingKind.MESSAGE,
            at=at,
            chat="7",
            chat_kind=ChatKind.PRIVATE,
            text=plain(text),
            message=message or str(self.numbers),
            album=album,
            files=attached,
            media=tuple(one.kind for one in attached),
        )

    async def draft(self, *messages: Incoming, now: int = NOW) -> Submission:
        """Begin a draft with messages."""
        (role,) = await roles.of_person(self.connection, self.author)
        post_id = await drafts.begin(self.connection, self.author, role, now)
        for one in messages:
            await gathering.add(self.connection, post_id, self.chat, one, now)
        return await self.again(post_id)

    async def again(self, post_id: int) -> Submission:
        """Return a submission as it stands now."""
        found = await submissions.get(self.connection, post_id)
        assert found is not None
        return found

    async def fetch(self, draft: Submission) -> list[int]:
        """Let all files of a draft arrive, each a picture of its own; returns the pictures."""
        made = []
        for one in await manuscripts.wanted(self.connection, NOW, 100):
            picture = await media.add(
                self.connection,
                sha=f"{one.ref}",
                mime="image/jpeg",
                size=1,
                width=1,
                height=1,
            )
            await manuscripts.fetched(
                self.connection, one.id, media_ids=[picture], text=None, trouble=None
            )
            made.append(picture)
        assert await drafts.is_complete(self.connection, draft.post_id)
        return made


def tell(folder: Path, story: Callable[[Town], Awaitable[None]]) -> None:
    """Run a story in a new town."""

    async def run() -> None:
        db = fresh(folder)
        try:
            async with db.write() as connection:
                town = Town(connection)
                await town.build()
                await story(town)
        finally:
            await db.close()

    asyncio.run(run())


async def objection(work: Awaitable[object]) -> Why:
    """Return why something is not done."""
    with pytest.raises(Objection) as caught:
        await work
    return caught.value.why


def test_messages_of_one_second_stand_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        late, early = town.message("Второе.", message="100"), town.message("Первое.", message="99")
        draft = await town.draft(late, early)
        made = await drafts.compose(town.connection, draft.post_id)
        assert made.body.text == "Первое.\n\nВторое."

    tell(tmp_path, story)


def test_a_known_message_is_not_added_again(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        one = town.message(NEWS)
        draft = await town.draft(one, one)
        assert len(await manuscripts.messages(town.connection, draft.post_id)) == 1

    tell(tmp_path, story)


@pytest.mark.parametrize(
    ("minutes", "worked_on", "joins"),
    [(29, 0, True), (31, 0, False), (45, 20, True), (120, 20, False), (-29, 0, True)],
)
def test_a_message_joins_the_draft_worked_on_a_moment_ago(
    tmp_path: Path, minutes: int, worked_on: int, joins: bool
) -> None:
    async def story(town: Town) -> None:
        draft = await town.draft(town.message(NEWS))
        touched = NOW + worked_on * MINUTE
        await submissions.change(town.connection, draft.post_id, touched_at=touched)
        later = town.message("Ещё.", at=NOW + minutes * MINUTE)
        found = await gathering.open_draft(town.connection, town.author, town.chat, later)
        assert found == (draft.post_id if joins else None)

    tell(tmp_path, story)


def test_an_item_of_an_album_finds_its_post_whenever_it_comes(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        draft = await town.draft(town.message(NEWS, "a", album="x"))
        late = town.message("", "b", at=NOW + 90 * MINUTE, album="x")
        found = await gathering.open_draft(town.connection, town.author, town.chat, late)
        assert found == draft.post_id

    tell(tmp_path, story)


def test_a_draft_in_a_role_that_is_lost_takes_no_more(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        await town.draft(town.message(NEWS))
        (role,) = await roles.of_person(town.connection, town.author)
        await roles.revoke(town.connection, role.id, None, NOW)
        later = town.message("Ещё.")
        found = await gathering.open_draft(town.connection, town.author, town.chat, later)
        assert found is None

    tell(tmp_path, story)


def test_sending_wants_all_that_is_missing_in_turn(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        c = town.connection

        async def send(draft: Submission, author: int = town.author) -> None:
            await drafts.send(c, RULES, draft.post_id, author, NOW)

        empty = await town.draft()
        assert await objection(send(empty)) is Why.EMPTY
        draft = await town.draft(town.message(NEWS, "a"))
        assert await objection(send(draft, town.author + 1)) is Why.NOT_YOURS
        assert await objection(send(draft)) is Why.NOT_READY
        await town.fetch(draft)
        assert await objection(send(draft)) is Why.PICTURED
        content = await drafts.compose(c, draft.post_id)
        await drafts.say_pictured(c, draft, Pictured.NOBODY, content)
        await submissions.change(c, draft.post_id, due_at=NOW)
        assert await objection(send(draft)) is Why.PASSED
        await submissions.change(c, draft.post_id, due_at=None)
        await send(draft)
        assert await objection(send(draft)) is Why.GONE
        assert (await town.again(draft.post_id)).state is SubmissionState.SENT

    tell(tmp_path, story)


def test_a_role_that_is_lost_sends_nothing(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        draft = await town.draft(town.message(NEWS))
        (role,) = await roles.of_person(town.connection, town.author)
        await roles.revoke(town.connection, role.id, None, NOW)
        work = drafts.send(town.connection, RULES, draft.post_id, town.author, NOW)
        assert await objection(work) is Why.NOT_YOURS
        assert not await reviews.of_post(town.connection, draft.post_id)

    tell(tmp_path, story)


def test_a_text_of_more_than_thirty_thousand_letters_is_not_sent(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        draft = await town.draft(town.message("слово " * 5001))
        work = drafts.send(town.connection, RULES, draft.post_id, town.author, NOW)
        assert await objection(work) is Why.TOO_LONG

    tell(tmp_path, story)


def test_what_was_said_of_pictures_holds_for_those_that_were_there(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        c = town.connection
        draft = await town.draft(town.message(NEWS, "a"))
        await town.fetch(draft)
        content = await drafts.compose(c, draft.post_id)
        await drafts.say_pictured(c, draft, Pictured.GENERAL_VIEW, content)
        draft = await town.again(draft.post_id)
        assert drafts.pictured_in(draft, content) is Pictured.GENERAL_VIEW
        more = Content(content.title, content.body, (*content.pictures, 99))
        assert drafts.pictured_in(draft, more) is None
        fewer = Content(content.title, content.body, ())
        assert drafts.pictured_in(draft, fewer) is Pictured.GENERAL_VIEW

    tell(tmp_path, story)


def test_of_more_than_thirty_pictures_the_first_are_taken(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        draft = await town.draft(town.message(NEWS, *(f"{n:02}" for n in range(33))))
        made = await town.fetch(draft)
        content = await drafts.compose(town.connection, draft.post_id)
        assert content.pictures == tuple(made[:30])
        assert await drafts.pictures_left_out(town.connection, draft.post_id) == 3

    tell(tmp_path, story)


def test_in_another_role_it_is_another_organizations(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        c = town.connection
        draft = await town.draft(town.message(NEWS))
        await submissions.change(c, draft.post_id, reach=int(Reach.REGION))
        await roles.grant(c, town.author, town.federation, RoleKind.PRESS, None, NOW)
        other = next(
            one
            for one in await roles.of_person(c, town.author)
            if one.organization_id == town.federation
        )
        await drafts.speak_as(c, await town.again(draft.post_id), other, NOW)
        draft = await town.again(draft.post_id)
        assert (draft.organization_id, draft.reach) == (town.federation, Reach.OWN)
        assert (await roles.of_person(c, town.author))[0].id == other.id

    tell(tmp_path, story)


def test_a_change_of_what_is_out_is_only_offered(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        c = town.connection
        draft = await town.draft(town.message(NEWS, message="5"))
        review = await drafts.send(c, RULES, draft.post_id, town.author, NOW)
        await c.execute(tables.post.update().values(public_revision_id=review.revision_id))
        await c.execute(tables.review.update().values(state=int(ReviewState.PUBLISHED)))
        known = await manuscripts.find(c, town.chat, "5")
        assert known is not None
        await gathering.change(c, known, town.message(NEWS + " Ура.", message="5"), NOW)
        offered = await drafts.renew(c, RULES, draft.post_id, NOW)
        assert offered.offer and offered.revision_id is None
        done = await drafts.renew(c, RULES, draft.post_id, NOW, correct=True)
        assert [one.correction for one in done.reviews] == [True]

    tell(tmp_path, story)


def test_a_text_without_news_is_not_renewed(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        draft = await town.draft(town.message(NEWS))
        await drafts.send(town.connection, RULES, draft.post_id, town.author, NOW)
        assert await drafts.renew(town.connection, RULES, draft.post_id, NOW) == drafts.Renewed()

    tell(tmp_path, story)


@pytest.mark.parametrize("replace", [True, False])
def test_a_double_goes_into_the_first_only_when_both_are_one_authors(
    tmp_path: Path, replace: bool
) -> None:
    async def story(town: Town) -> None:
        c = town.connection
        first = await town.draft(town.message(NEWS))
        content = await drafts.compose(c, first.post_id)
        assert await doubles.find_double(c, first, content, NOW) is None
        await drafts.send(c, RULES, first.post_id, town.author, NOW)
        second = await town.draft(town.message(NEWS))
        assert await doubles.find_double(c, second, content, NOW) == first.post_id
        second = await town.again(second.post_id)
        stranger = await people.find_or_add(c, "alpha", "9", "Пётр", NOW)
        await submissions.change(c, first.post_id, author_id=stranger)
        assert await objection(doubles.merge(c, second, replace, NOW)) is Why.NOT_YOURS
        await submissions.change(c, first.post_id, author_id=town.author)
        assert await doubles.merge(c, second, replace, NOW) == first.post_id
        left = len(await manuscripts.messages(c, first.post_id))
        assert left == (1 if replace else 2)
        assert (await town.again(second.post_id)).state is SubmissionState.DISCARDED

    tell(tmp_path, story)


def test_after_a_week_nobody_asks_about_doubles(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        c = town.connection
        first = await town.draft(town.message(NEWS))
        content = await drafts.compose(c, first.post_id)
        await doubles.find_double(c, first, content, NOW)
        await drafts.send(c, RULES, first.post_id, town.author, NOW)
        second = await town.draft(town.message(NEWS))
        week = 7 * 24 * 60 * MINUTE
        assert await doubles.find_double(c, second, content, NOW + week) == first.post_id
        assert await doubles.find_double(c, second, content, NOW + week + 1) is None

    tell(tmp_path, story)
