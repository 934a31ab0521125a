"""Moderators at work in a house: news lie before them, and every dialog can be read as it looks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bots.abilities import abilities_of
from bots.scripts import review as script
from bots.turn import Effects, Turn
from bots.watch import Duty
from bots.words import Words
from core.incoming import IncomingKind
from core.richtext import plain
from core.words import Pictured, PostKind, Reach, RoleKind, SubmissionState
from newsroom import drafts, reviews, revising
from newsroom.rewrite import Content
from storage import media, posts, submissions, tables
from storage.reviews import Review
from tests.bots.house import House

PRESS, ANNA, BORIS, REGION = "20", "21", "22", "23"


@dataclass
class Message:
    """A message of ours as it stands in a dialog: its words and buttons."""

    id: str
    text: str
    buttons: list[tuple[str, str]]

    @property
    def labels(self) -> list[str]:
        """Return the labels."""
        return [text for text, _ in self.buttons]


async def staff(house: House) -> dict[str, int]:
    """Give roles to a press officer, two moderators of an industry, and one of the region."""
    roles = [
        (PRESS, RoleKind.PRESS, "org-1"),
        (ANNA, RoleKind.MODERATOR, "org-1"),
        (BORIS, RoleKind.MODERATOR, "org-1"),
        (REGION, RoleKind.MODERATOR, "federation"),
    ]
    return {who: await house.role(who, kind, slug) for who, kind, slug in roles}


@asynccontextmanager
async def turn_of(house: House, person_id: int) -> AsyncIterator[Turn]:
    """Open a turn with a person, as a watch does."""
    async with house.db.write() as connection:
        duty = Duty(
            connection,
            house.settings,
            Words(),
            abilities_of({house.account: house.messenger}),
            house.clock.now(),
            Effects(),
        )
        turn = await duty.turn_with(person_id)
        assert turn is not None
        yield turn


async def submit(
    house: House,
    people: dict[str, int],
    text: str = "Оклады учителей выросли. Подробности у председателя.",
    *,
    slug: str = "org-1",
    reach: Reach = Reach.OWN,
    pictures: Sequence[str] = (),
    pictured: Pictured | None = None,
    due_at: int | None = None,
) -> Review:
    """Submit news in the press officer's name and lay them before the desk."""
    author, now = people[PRESS], house.clock.now()
    async with turn_of(house, author) as turn:
        post = await posts.add(
            turn.connection,
            organization_id=house.organizations[slug],
            kind=PostKind.NEWS,
            reach=Reach.OWN,
            rubric_id=house.rubrics[0],
            urgent=False,
            at=now,
            now=now,
        )
        await submissions.add(
            turn.connection, post.id, author_id=author, role=RoleKind.PRESS, reach=reach, now=now
        )
        await submissions.change(
            turn.connection,
            post.id,
            state=int(SubmissionState.SENT),
            pictured=None if pictured is None else int(pictured),
            due_at=due_at,
            sent_at=now,
        )
        shown = [
            await media.add(
                turn.connection, sha=sha, mime="image/jpeg", size=9, width=300, height=200
            )
            for sha in pictures
        ]
        content = Content("Оклады выросли", plain(text), tuple(shown))
        revision = await drafts.write_revision(turn.connection, post.id, content, author, now)
        about = await submissions.get(turn.connection, post.id)
        assert about is not None
        review = await reviews.open_review(
            turn.connection, house.settings.rules, about, revision.id, Reach.OWN, now
        )
        await script.lay_before(turn, review)
    await house.deliver()
    return review


async def author_changes(
    house: House, people: dict[str, int], review: Review, text: str, *, anew: bool = False
) -> None:
    """Let the author change the text, as the script of submitting does it; `anew`: by a review of its own."""
    async with turn_of(house, people[PRESS]) as turn:
        now = house.clock.now()
        content = Content("Оклады выросли", plain(text), ())
        revision = await drafts.write_revision(
            turn.connection, review.post_id, content, people[PRESS], now
        )
        about = await submissions.get(turn.connection, review.post_id)
        assert about is not None
        for one in await revising.lay_anew(
            turn.connection, house.settings.rules, about, revision.id, now
        ):
            await (script.lay_before(turn, one) if anew else script.refresh(turn, one.id))
    await house.deliver()


async def dialog(house: House, person: str) -> list[Message]:
    """Return the messages of a person's dialog as they look now, oldest first."""
    await house.deliver()
    query = (
        sa.select(tables.reply)
        .join(tables.chat, tables.chat.c.id == tables.reply.c.chat_id)
        .where(tables.chat.c.external == person)
        .order_by(tables.reply.c.id)
    )
    found: dict[str, Message] = {}
    async with house.db.read() as connection:
        for row in await connection.execute(query):
            buttons = [(b["text"], b["data"]) for line in row.body["buttons"] for b in line]
            found[row.message] = Message(row.message, row.body["text"]["text"], buttons)
    return list(found.values())


async def texts(house: House, person: str) -> str:
    """Return all that can be read in a dialog now."""
    return "\n---\n".join(one.text for one in await dialog(house, person))


async def card(house: House, person: str) -> Message:
    """Return the last message with buttons in a dialog."""
    return [one for one in await dialog(house, person) if one.buttons][-1]


async def press(house: House, label: str, person: str) -> Message:
    """Press a button where it was last shown; returns that message as it looks then."""
    shown = [one for one in await dialog(house, person) if label in one.labels]
    assert shown, f"no button {label!r} in the dialog of {person}"
    data = dict(shown[-1].buttons)[label]
    return await press_in(house, data, shown[-1].id, person)


async def press_in(house: House, data: str, message: str, person: str) -> Message:
    """Press a button of a message; returns the message as it looks then."""
    await house.hear(
        IncomingKind.PRESS,
        person,
        payload=data,
        press=f"p{next(house.numbers)}",
        message=message,
    )
    (found,) = [one for one in await dialog(house, person) if one.id == message]
    return found


async def walk(house: House, person: str, *labels: str) -> Message:
    """Press one button after the other; returns the last message with buttons."""
    for label in labels:
        await press(house, label, person)
    return await card(house, person)


async def say(house: House, text: str, person: str, **more: Any) -> str:
    """Let a person write; returns what came below it."""
    before = {one.id for one in await dialog(house, person)}
    await house.say(text, person, **more)
    return "\n---\n".join(one.text for one in await dialog(house, person) if one.id not in before)
