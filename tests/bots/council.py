"""A youth council in a house: who writes, who decides, and what the plan holds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bots.engine import Engine
from core.words import ChatKind, ChatState, Mode, ReviewState, RoleKind
from storage import reviews, tables
from storage.reviews import Review
from tests.bots.dialog import Dialog, Seen
from tests.bots.house import House
from tests.bots.house import play as play_house

MINUTE, HOUR, DAY = 60, 3600, 86_400  # seconds
MOSCOW = ZoneInfo("Europe/Moscow")
TITLE = "Субботник на набережной"
TEXT = f"{TITLE}\n\nПриходите все: инвентарь дадим, чай согреем."


class Council:
    """An author, a chair and a deputy of the youth council, each with a dialog."""

    def __init__(self, house: House) -> None:
        """Call them by their numbers."""
        self.house = house
        self.author = Dialog(house, "1")
        self.chair = Dialog(house, "2")
        self.deputy = Dialog(house, "3")

    async def open(self) -> None:
        """Give them their roles."""
        for dialog, kind in (
            (self.author, RoleKind.YOUTH_AUTHOR),
            (self.chair, RoleKind.YOUTH_CHAIR),
            (self.deputy, RoleKind.YOUTH_DEPUTY),
        ):
            await self.house.role(dialog.person, kind, "youth")

    async def draft(self, when: str = "завтра в 18:00", text: str = TEXT) -> Seen:
        """Let the author write a draft and say when; returns what was shown back."""
        await self.author.write(text)
        await self.author.press("Когда выйдет")
        await self.author.write(when)
        return await self.author.last()

    async def plan(self, when: str = "завтра в 18:00", text: str = TEXT) -> Review:
        """Let the author plan a post and send it; returns the review that waits."""
        await self.draft(when, text)
        await self.author.walk("Верно", "Отправить", "Отправить")
        return await self.last()

    async def last(self) -> Review:
        """Return the newest review."""
        async with self.house.db.read() as connection:
            number = max(row.id for row in await self.house.rows(tables.review))
            found = await reviews.get(connection, number)
        assert found is not None
        return found

    async def read(self, review: Review) -> Review:
        """Return a review as it stands."""
        async with self.house.db.read() as connection:
            found = await reviews.get(connection, review.id)
        assert found is not None
        return found

    async def state(self, review: Review) -> ReviewState:
        """Return how a review stands."""
        return (await self.read(review)).state

    async def restart(self) -> None:
        """Go on with a new engine over the same database."""
        here = self.house
        here.engine = Engine(
            here.db,
            {here.account: here.messenger},
            here.settings,
            here.bell,
            here.clock,
            here.folder,
        )

    async def until(self, moment: str) -> None:
        """Let time pass until a local moment («2026-11-24 18:00»), and what is due by then happen."""
        wanted = datetime.fromisoformat(moment).replace(tzinfo=MOSCOW).astimezone(UTC)
        left = wanted.timestamp() - self.house.clock.now() / 1000
        assert left >= 0, "that moment has passed"
        await self.house.pass_time(left)

    async def pressable(self, dialog: Dialog, label: str) -> list[Seen]:
        """Return the messages of a dialog that have a button."""
        return [one for one in await dialog.seen() if label in one.buttons]

    async def channel(self) -> int:
        """Let a channel publish what the council says; returns its chat."""
        here = self.house
        chat = await here.add(
            tables.chat,
            account_id=here.account,
            external="-100",
            kind=int(ChatKind.CHANNEL),
            state=int(ChatState.ACTIVE),
            title="Канал совета",
        )
        wish = await here.add(
            tables.subscription,
            chat_id=chat,
            mode=int(Mode.AT_ONCE),
            digest_minute=19 * 60,
            created_at=here.clock.now(),
        )
        async with here.db.write() as connection:
            await connection.execute(
                tables.subscription_organization.insert().values(
                    subscription_id=wish, organization_id=here.organizations["youth"]
                )
            )
        return chat

    async def page(self, dialog: Dialog, title: str) -> Seen:
        """Return the newest message of a dialog that begins with these words."""
        return [one for one in await dialog.seen() if one.text.startswith(title)][-1]

    async def told(self, dialog: Dialog, words: str) -> int:
        """Return how many messages of a dialog hold these words."""
        return sum(words in one.text for one in await dialog.seen())


def play(folder: Path, story: Callable[[Council], Awaitable[None]], **settings: Any) -> None:
    """Run a story in a house with a council."""

    async def run(house: House) -> None:
        council = Council(house)
        await council.open()
        await story(council)

    play_house(folder, run, **settings)
