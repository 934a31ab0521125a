"""Random people say, press, edit and forge; whatever they do, nobody exceeds their role.

The model knows who holds which role and which chat follows whom; everything else is read from the
rows after each step.
"""

from __future__ import annotations

import asyncio
import io
import os
import random
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from PIL import Image

from bots.engine import Engine
from core.incoming import IncomingFile, IncomingKind
from core.richtext import plain
from core.words import (
    ChatKind,
    ChatState,
    Mode,
    Reach,
    ReviewState,
    RoleKind,
    SubmissionState,
    WaveKind,
)
from storage import people, roles, tables
from tests.bots.house import House, house

PRESS, MODERATOR = RoleKind.PRESS, RoleKind.MODERATOR
STAFF = {
    "11": (PRESS, "org-1"),
    "12": (MODERATOR, "org-1"),
    "13": (MODERATOR, "federation"),
    "14": (PRESS, "org-2"),
    "15": (MODERATOR, "org-2"),
    "16": (RoleKind.YOUTH_AUTHOR, "youth"),
    "17": (RoleKind.YOUTH_CHAIR, "youth"),
}
EVERYBODY = [*STAFF, "18"]
FOLLOWS = {"-1": "org-1", "-2": "org-2", "-3": "federation", "-4": "youth"}
YOUTH_JUDGES = {RoleKind.YOUTH_CHAIR, RoleKind.YOUTH_DEPUTY}
SAYINGS = [
    "На фабрике подписали новый коллективный договор.\n\nПрибавка к окладу с января.",
    "Собрание первички пройдёт в среду в актовом зале, приходите все.",
    "завтра в 18:00",
    "замени среду на четверг",
    "убери абзац 2",
    "заголовок: Новый договор",
    "Не хватает даты и места",
    "папка 12, кабинет 305",
    "<b>жирно</b> & https://example.org [скобки] *звёзды* не разметка, а текст новости",
    "/plan",
    "/queue",
    "/mine",
    "/work",
    "/history",
    "спасибо",
    "стоп",
]

T = TypeVar("T")
people_of_the_house = st.sampled_from(EVERYBODY)


class Everybody(RuleBasedStateMachine):
    """The house with everybody in it."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.held: dict[str, set[tuple[RoleKind, str]]] = {}
        self.known_approvals: set[tuple[int, int, int]] = set()
        self.persons: dict[int, str] = {}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the house's event loop."""
        return self.runner.run(work)

    @initialize()
    def open_the_house(self) -> None:
        self.run(self._open())

    async def _open(self) -> None:
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.house: House = await self.stack.enter_async_context(house(folder))
        self.house.messenger.files["p1"] = _picture(1)
        self.house.messenger.files["p2"] = _picture(2)
        for chat, slug in FOLLOWS.items():
            await self._channel(chat, slug)
        for number in EVERYBODY:
            await self.house.start(person=number)
            if number in STAFF:
                kind, slug = STAFF[number]
                await self.house.role(number, kind, slug)
                self.held[number] = {(kind, slug)}
            async with self.house.db.read() as connection:
                person_id = await people.by_identity(connection, "alpha", number)
            assert person_id is not None
            self.persons[person_id] = number

    async def _channel(self, external: str, slug: str) -> None:
        chat = await self.house.add(
            tables.chat,
            account_id=1,
            external=external,
            kind=int(ChatKind.CHANNEL),
            state=int(ChatState.ACTIVE),
            title=f"Канал {slug}",
        )
        wish = await self.house.add(
            tables.subscription,
            chat_id=chat,
            mode=int(Mode.AT_ONCE),
            digest_minute=1140,
            created_at=self.house.clock.now(),
        )
        async with self.house.db.write() as connection:
            await connection.execute(
                tables.subscription_organization.insert().values(
                    subscription_id=wish, organization_id=self.house.organizations[slug]
                )
            )

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.runner.close()

    # What people do

    @rule(who=people_of_the_house, text=st.sampled_from(SAYINGS))
    def say(self, who: str, text: str) -> None:
        self.run(self.house.say(text, who))

    @rule(who=people_of_the_house, count=st.integers(1, 3))
    def send_an_album(self, who: str, count: int) -> None:
        async def send() -> None:
            for number in range(count):
                await self.house.say(
                    "Субботник у проходной собрал сорок человек" if number == 0 else "",
                    who,
                    album=f"a{self.house.clock.now()}",
                    media=("photo",),
                    files=(IncomingFile("photo", f"p{number % 2 + 1}"),),
                )

        self.run(send())

    @rule(who=people_of_the_house, seed=st.randoms(use_true_random=False))
    def edit_an_own_message(self, who: str, seed: random.Random) -> None:
        async def edit() -> None:
            query = (
                sa.select(tables.submission_message.c.message)
                .join(tables.chat, tables.chat.c.id == tables.submission_message.c.chat_id)
                .where(tables.chat.c.external == who)
            )
            async with self.house.db.read() as connection:
                mine = list(await connection.scalars(query))
            if mine:
                text = plain(f"Исправленный текст новости, редакция {seed.randrange(9)}")
                message = seed.choice(mine)
                await self.house.hear(IncomingKind.EDITED, who, message=message, text=text)

        self.run(edit())

    @rule(who=people_of_the_house, seed=st.randoms(use_true_random=False))
    def press_a_button(self, who: str, seed: random.Random) -> None:
        self.run(self._press(who, who, seed))

    @rule(who=people_of_the_house, seed=st.randoms(use_true_random=False))
    def press_a_fresh_button(self, who: str, seed: random.Random) -> None:
        self.run(self._press(who, who, seed, last=1))

    @rule(
        who=people_of_the_house, whose=people_of_the_house, seed=st.randoms(use_true_random=False)
    )
    def press_somebody_elses_button(self, who: str, whose: str, seed: random.Random) -> None:
        self.run(self._press(who, whose, seed))

    async def _press(self, who: str, whose: str, seed: random.Random, last: int = 6) -> None:
        screens = [one for one in await self.house.shown(whose) if one.buttons][-last:]
        if screens:
            _, data = seed.choice(seed.choice(screens).buttons)
            if data:
                await self.house.press_data(data, who)

    @rule(who=people_of_the_house, screen=st.integers(0, 60), index=st.integers(0, 12))
    def forge_a_press(self, who: str, screen: int, index: int) -> None:
        self.run(self.house.press_data(f"{screen}:{index}", who))

    # What happens besides

    @rule(seconds=st.sampled_from([1, 4, 61, 3600, 3 * 3600, 20 * 3600]))
    def time_passes(self, seconds: int) -> None:
        self.run(self.house.pass_time(seconds))

    @rule()
    def the_process_begins_anew(self) -> None:
        made = self.house
        made.engine = Engine(
            made.db, {1: made.messenger}, made.settings, made.bell, made.clock, made.folder
        )

    @rule(who=st.sampled_from(sorted(STAFF)))
    def a_role_is_taken_back_or_given_again(self, who: str) -> None:
        async def change() -> None:
            kind, slug = STAFF[who]
            number = {name: person for person, name in self.persons.items()}[who]
            if self.held[who]:
                async with self.house.db.write() as connection:
                    for one in await roles.of_person(connection, number):
                        await roles.revoke(connection, one.id, None, self.house.clock.now())
                self.held[who] = set()
            else:
                await self.house.role(who, kind, slug)
                self.held[who] = {(kind, slug)}

        self.run(change())

    # What always holds

    @invariant()
    def nothing_broke(self) -> None:
        if not hasattr(self, "house"):
            return
        assert [row for row in self._rows(tables.inbox) if row.error] == []

    @invariant()
    def only_who_may_decide_has_decided(self) -> None:
        if not hasattr(self, "house"):
            return
        reviews = {row.id: row for row in self._rows(tables.review)}
        for row in self._rows(tables.approval):
            key = (row.review_id, row.person_id, row.revision_id)
            if key not in self.known_approvals:
                self.known_approvals.add(key)
                desk = reviews[row.review_id].organization_id
                assert self._may_judge(row.person_id, desk), (
                    f"{row.person_id} approved at desk {desk}"
                )

    @invariant()
    def what_is_public_was_approved_in_that_very_revision(self) -> None:
        if not hasattr(self, "house"):
            return
        agreed: dict[tuple[int, int], int] = {}
        for row in self._rows(tables.approval):
            agreed[row.review_id, row.revision_id] = (
                agreed.get((row.review_id, row.revision_id), 0) + 1
            )
        published: dict[int, set[int]] = {}
        levels: dict[int, set[int]] = {}
        for row in self._rows(tables.review):
            if row.state in (ReviewState.APPROVED, ReviewState.PUBLISHED):
                assert agreed.get((row.id, row.revision_id), 0) >= row.needed >= 1
            if row.state == ReviewState.PUBLISHED:
                published.setdefault(row.post_id, set()).add(row.revision_id)
                levels.setdefault(row.post_id, set()).add(row.level)
        submitted = {row.post_id for row in self._rows(tables.submission)}
        for post in self._rows(tables.post):
            if post.id in submitted and post.public_revision_id is not None:
                assert post.public_revision_id in published[post.id]
        waves = {row.id: row for row in self._rows(tables.wave)}
        chats = {row.id: row.external for row in self._rows(tables.chat)}
        posts = {row.id: row for row in self._rows(tables.post)}
        for delivery in self._rows(tables.delivery):
            wave = waves[delivery.wave_id]
            if wave.kind != WaveKind.CREATE or wave.post_id not in submitted:
                continue
            assert wave.revision_id in published[wave.post_id]
            follows = FOLLOWS.get(chats[delivery.chat_id])
            own = posts[wave.post_id].organization_id
            if follows is not None and self.house.organizations[follows] != own:
                assert levels[wave.post_id] & {Reach.REGION, Reach.TERRITORY}

    @invariant()
    def what_was_taken_is_in_one_known_state(self) -> None:
        if not hasattr(self, "house"):
            return
        reviewed = {row.post_id for row in self._rows(tables.review)}
        live = {
            row.post_id
            for row in self._rows(tables.review)
            if row.state in (ReviewState.WAITING, ReviewState.APPROVED, ReviewState.OVERDUE)
        }
        for row in self._rows(tables.submission):
            if row.state == SubmissionState.SENT:
                assert row.post_id in reviewed
            if row.state in (SubmissionState.DISCARDED, SubmissionState.RETRACTED):
                assert row.post_id not in live

    def _may_judge(self, person_id: int, desk: int) -> bool:
        slug = {number: name for name, number in self.house.organizations.items()}[desk]
        held = self.held.get(self.persons.get(person_id, ""), set())
        if slug == "youth":
            return any(kind in YOUTH_JUDGES and at == slug for kind, at in held)
        return any(kind is MODERATOR and at in (slug, "federation") for kind, at in held)

    def _rows(self, table: sa.Table) -> list[Any]:
        return self.run(self.house.rows(table))


def _picture(seed: int) -> bytes:
    out = io.BytesIO()
    dots = random.Random(seed)
    image = Image.new("RGB", (64, 48))
    image.putdata([(dots.randrange(256), dots.randrange(256), 40) for _ in range(64 * 48)])
    image.save(out, "JPEG")
    return out.getvalue()


Everybody.TestCase.settings = settings(
    max_examples=int(os.environ.get("VESTNIK_WALKS", "6")),
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
TestEverybody = Everybody.TestCase
