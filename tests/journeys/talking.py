"""Conversations through the real adapters: sandbox, intake, engine and couriers in one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bots.settings import Settings
from core.words import ChatKind, FileState, Mode, ReviewState, RoleKind
from newsroom import fanout
from newsroom.desk import DeskRules
from storage import people, posts, roles, tables
from storage.rows import insert
from tests.journeys.messages import Message, labels
from tests.journeys.running import Running
from tests.journeys.scene import found_organizations, let_answer, no_errors, to_hour
from tests.support.town import MOSCOW, Town, town
from tests.support.wait import until

NETWORKS = ("telegram", "vk")
ADMIN = 9
# Who works where in most journeys; `staff` gives them their roles.
PRESS, MODERATOR, REGION, SECOND, YOUTH, CHAIR, READER = 1, 2, 3, 4, 5, 6, 7
_ROLES = {
    PRESS: (RoleKind.PRESS, "education"),
    MODERATOR: (RoleKind.MODERATOR, "education"),
    REGION: (RoleKind.MODERATOR, "federation"),
    SECOND: (RoleKind.MODERATOR, "education"),
    YOUTH: (RoleKind.YOUTH_AUTHOR, "youth"),
    CHAIR: (RoleKind.YOUTH_CHAIR, "youth"),
}
WAIT_S = 20
PAUSE_S = 3
# Machine seconds in which nothing happens, after which the clock moves on: while something is being
# done, and while all that is left are replies that wait for their chats' pace.
NUDGE_S, PACE_S = 0.1, 0.01
NOON = 12  # o'clock in Moscow, when every journey begins: nobody is asleep
MINUTE_S = 61  # an approval's minute to undo, and a little


@dataclass
class Talk:
    """One network's side of a running house; people are called by their numbers."""

    town: Town
    network: str
    organizations: dict[str, int]
    running: Running

    def at(self, network: str) -> Talk:
        """Return the same house seen from another network."""
        return replace(self, network=network)

    async def do(self, what: str, person: int = 1, chat: object = "main", **more: Any) -> Any:
        """Let a person do something."""
        return await self.town.post(
            "do", network=self.network, chat=chat, what=what, **{"as": person}, **more
        )

    async def say(
        self,
        text: str,
        person: int = 1,
        chat: object = "main",
        media: Sequence[dict[str, Any]] = (),
        **more: Any,
    ) -> list[int]:
        """Let a person say something; several files are one album. Returns the messages' ids."""
        await self._breathe()
        answer = await self.town.post(
            "say",
            network=self.network,
            chat=chat,
            text=text,
            media=list(media),
            album=len(media) > 1,
            **{"as": person},
            **more,
        )
        made: list[int] = answer["messages"]
        return made

    async def write(
        self, text: str, person: int = 1, media: Sequence[dict[str, Any]] = (), **more: Any
    ) -> list[int]:
        """Let a person say something and pause, until we have heard it and answered; returns the ids."""
        made = await self.say(text, person, media=media, **more)
        for message in made:
            await self._taken(person, message)
        await self.settle()
        return made

    async def edit(self, message: int, text: str, person: int = 1, **more: Any) -> None:
        """Let a person edit an own message and pause, until that was worked off."""
        known = len(await self._inbox(person, "edited"))
        await self.do("edit", person, message=message, text=text, **more)
        await until(lambda: self._more(person, "edited", known), WAIT_S)
        await self.settle()

    async def _more(self, person: int, kind: str, known: int) -> bool:
        return len(await self._inbox(person, kind)) > known

    async def settle(self) -> None:
        """Let those pause who speak, so that what they said is looked at as a whole."""
        await self.quiet()
        await self._breathe()
        await self.quiet()

    async def press(self, button: str, person: int = 1, message: int | None = None) -> Any:
        """Let a person press a button; returns what the app shows beside it."""
        await self._breathe()
        named = {} if message is None else {"message": message}
        return await self.town.post(
            "press", network=self.network, chat="main", button=button, **{"as": person}, **named
        )

    async def walk(self, *buttons: str, person: int = 1) -> str:
        """Let a person press one button after the other; returns what was shown beside the last."""
        shown = None
        for button in buttons:
            await self.offered(button, person)
            shown = await self.press(button, person)
            await self.quiet()
        return str((shown or {}).get("text") or "")

    async def _breathe(self) -> None:
        # People pause; a chat takes one message a second.
        await self.town.advance(PAUSE_S)

    async def to_moment(self, at: int) -> None:
        """Move the clock to a moment (ms UTC), and let happen what falls due by then."""
        await self.town.advance((at - self.town.clock.now()) / 1000)
        await self.quiet()

    async def seen(self, person: int = 1, chat: object = "main") -> list[Message]:
        """Return what a person sees."""
        return await self.town.seen(self.network, chat, person)

    async def last(self, person: int = 1) -> Message:
        """Return what came to a person last."""
        return [m for m in await self.seen(person) if m["from_id"] != person][-1]

    async def sees(
        self, words: str, person: int = 1, chat: object = "main", count: int = 1
    ) -> Message:
        """Wait until so many messages hold these words; returns the last of them."""
        return await self._find(lambda m: words in m["text"], person, chat, count)

    async def offered(self, button: str, person: int = 1) -> Message:
        """Wait until a person sees a button that begins so; returns the newest message with it."""
        return await self._find(
            lambda m: any(label.startswith(button) for label in labels(m)), person
        )

    async def _find(
        self,
        fits: Callable[[Message], bool],
        person: int,
        chat: object = "main",
        count: int = 1,
    ) -> Message:
        version = -1
        shown: list[Message] = []
        try:
            async with asyncio.timeout(WAIT_S):
                while True:
                    answer = await self.town.get(
                        f"chats/{self.network}/{chat}",
                        wait=NUDGE_S,
                        after=version,
                        **{"as": person},
                    )
                    shown = answer["messages"]
                    found = [m for m in shown if fits(m)]
                    if len(found) >= count:
                        return found[-1]
                    version = answer["version"]
                    await self.quiet()  # it may wait for its chat's pace
        except TimeoutError:
            read = "\n---\n".join(f"{m['text']}\n{labels(m)}" for m in shown)
            raise AssertionError(f"{person} does not see it in {chat}, but:\n{read}") from None

    async def quiet(self) -> None:
        """Wait until everything that came in and fell due is worked off and every reply has left."""
        async with asyncio.timeout(WAIT_S):
            while (patience := await self._open()) is not None:
                if not await self.running.calls(patience):
                    await self.town.advance(1)

    async def _open(self) -> float | None:
        """Return how long to wait before the clock is moved for what is not worked off, None if all is."""
        inbox, reply, about, review, file = (
            tables.inbox.c,
            tables.reply.c,
            tables.submission.c,
            tables.review.c,
            tables.submission_file.c,
        )
        now = self.town.clock.now()
        query = sa.union_all(
            sa.select(sa.literal(NUDGE_S)).where(
                sa.or_(
                    sa.exists().where(inbox.done_at.is_(None)),
                    sa.exists().where(reply.state == 2),
                    sa.exists().where(
                        file.state == int(FileState.WAITING),
                        sa.func.coalesce(file.not_before, 0) <= now,
                    ),
                    sa.exists().where(about.card_at <= now),
                    sa.exists().where(
                        review.state == int(ReviewState.APPROVED), review.publish_at <= now
                    ),
                )
            ),
            sa.select(sa.literal(PACE_S)).where(sa.exists().where(reply.state == 1)),
        )
        async with self.town.db.read() as connection:
            return max(await connection.scalars(query), default=None)

    async def heard(self, person: int, kind: str) -> None:
        """Wait until something of a kind that a person did has come in and was worked off."""
        await until(lambda: self._more(person, kind, 0), WAIT_S)

    async def _inbox(self, person: int, kind: str) -> list[Any]:
        query = sa.select(tables.inbox.c.id).where(
            tables.inbox.c.kind == kind,
            tables.inbox.c.account_id == self.town.accounts[self.network].id,
            tables.inbox.c.done_at.is_not(None),
            tables.inbox.c.body["chat"].as_string() == str(person),
        )
        async with self.town.db.read() as connection:
            return list(await connection.execute(query))

    async def _taken(self, person: int, message: int) -> None:
        """Wait until a message of a person was worked off."""
        query = sa.select(tables.inbox.c.id).where(
            tables.inbox.c.account_id == self.town.accounts[self.network].id,
            tables.inbox.c.done_at.is_not(None),
            tables.inbox.c.body["chat"].as_string() == str(person),
            tables.inbox.c.body["message"].as_string() == str(message),
        )

        async def worked_off() -> bool:
            async with self.town.db.read() as connection:
                return await connection.scalar(query) is not None

        await until(worked_off, WAIT_S)

    async def row(self, table: sa.Table, **values: Any) -> Any:
        """Return the one row with these values."""
        (found,) = await self.rows(table, **values)
        return found

    async def rows(self, table: sa.Table, **values: Any) -> list[Any]:
        """Return the rows of a table with these values, all rows if none are named."""
        conditions = [table.c[name] == value for name, value in values.items()]
        async with self.town.db.read() as connection:
            return list(await connection.execute(sa.select(table).where(*conditions)))

    async def role(self, person: int, kind: RoleKind, slug: str) -> int:
        """Let a person begin who has a role; returns the person's id."""
        begins = not await self._inbox(person, "start")
        now = self.town.clock.now()
        async with self.town.db.write() as connection:
            person_id = await people.find_or_add(
                connection, self.network, str(person), f"Человек {person}", now
            )
            await roles.grant(connection, person_id, self.organizations[slug], kind, None, now)
        if begins:
            await self.do("start", person)
            await self.heard(person, "start")
        return person_id

    async def staff(self, *persons: int) -> None:
        """Give these persons the roles that they have in most journeys."""
        for person in persons:
            await self.role(person, *_ROLES[person])
        await self.quiet()

    async def place(self, *slugs: str, title: str = "Канал") -> object:
        """Open a place that follows organizations: a channel, on VK the community's wall."""
        wall = self.network == "vk"
        if wall:
            world = await self.town.get("world")
            place = next(c["id"] for c in world["chats"] if c["kind"] == "wall")
        else:
            order = {
                "network": self.network,
                "kind": "channel",
                "title": title,
                "members": [1, 2],
                "admins": [ADMIN],
                "bots": ["main"],
            }
            place = (await self.town.post("world", chats=[order]))["chats"][0]["id"]
        followed = [self.organizations[slug] for slug in slugs]
        chat_id = await self.town.subscribe(
            self.network,
            str(place),
            ChatKind.WALL if wall else ChatKind.CHANNEL,
            mode=Mode.AT_ONCE,
            organizations=followed,
        )
        async with self.town.db.write() as connection:
            await connection.execute(
                tables.chat.update().where(tables.chat.c.id == chat_id).values(title=title)
            )
        return place

    async def published(self, words: str, place: object) -> Message:
        """Wait for the one message of a place that holds these words."""
        found = await self.sees(words, 1, place)
        assert sum(words in m["text"] for m in await self.seen(1, place)) == 1, "published twice"
        return found

    async def publish(self, title: str) -> None:
        """Let the newsroom have a post of the federation and plan it for whoever wants it."""
        await self.post(title)
        rules, now = DeskRules(MOSCOW), self.town.clock.now()
        async with self.town.db.write() as connection:
            found = (await connection.execute(sa.select(tables.post))).one()
            post = await posts.get(connection, found.id)
            assert post is not None
            revision = await posts.latest_revision(connection, post.id)
            touched = await fanout.plan(connection, rules.zone, post, revision.id, now)
        self.town.bell.ring("asking", *(("courier", one) for one in touched))

    async def post(self, title: str) -> None:
        """Let the newsroom have a post of the federation."""
        now = self.town.clock.now()
        async with self.town.db.write() as connection:
            post = await insert(
                connection,
                tables.post,
                organization_id=self.town.federation,
                kind=1,
                reach=3,
                created_at=now,
                at=now,
            )
            body = {"text": "Подробности ниже.", "entities": []}
            revision = await insert(
                connection,
                tables.revision,
                post_id=post,
                number=1,
                title=title,
                body=body,
                created_at=now,
            )
            await posts.publish(connection, post, revision)


def walk(folder: Path, network: str, journey: Callable[[Talk], Awaitable[None]]) -> None:
    """Run a journey on one network, in a town of its own."""
    _run(folder, (network,), journey)


def walk_both(folder: Path, journey: Callable[[Talk], Awaitable[None]]) -> None:
    """Run a journey in a town with all networks; it begins on the first."""
    _run(folder, NETWORKS, journey)


def _run(folder: Path, networks: Sequence[str], journey: Callable[[Talk], Awaitable[None]]) -> None:
    async def run() -> None:
        async with talking(folder, *networks) as talk:
            await journey(talk)

    with no_errors():
        asyncio.run(run())


@asynccontextmanager
async def talking(folder: Path, *networks: str) -> AsyncIterator[Talk]:
    """Build a town and let everything in it that talks run."""
    async with town(folder, *networks, people=ADMIN) as made:
        await to_hour(made, NOON)
        organizations = await found_organizations(made)
        settings = Settings(
            region="Ивановская область",
            operator_name="Федерация",
            operator_contacts="fed@example.org",
            zone="Europe/Moscow",
            administrators=frozenset((network, str(ADMIN)) for network in networks),
            networks={network: f"Мессенджер {n}" for n, network in enumerate(networks, 1)},
            # Humans answer in a community's dialogs, not in a bot's.
            shared_dialogs=frozenset(
                account.id for network, account in made.accounts.items() if network == "vk"
            ),
        )
        if "vk" in networks:
            await let_answer(made)
        running = Running(made, settings)
        await running.start()
        try:
            yield Talk(made, networks[0], organizations, running)
        finally:
            await running.stop()
