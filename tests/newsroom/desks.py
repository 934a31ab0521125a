"""A federation with desks and people who decide there; posts are laid before them without conversations."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from broadcaster.publisher import Publisher
from core.bell import Bell
from core.clock import MovableClock
from core.richtext import plain
from core.words import (
    ChatKind,
    ChatState,
    Mode,
    OrganizationKind,
    Pictured,
    PostKind,
    Reach,
    ReviewState,
    RoleKind,
    SubmissionState,
)
from newsroom import reviews, revising
from newsroom.desk import DeskRules
from storage import media, posts, roles, submissions, tables
from storage import reviews as rows
from storage.database import Database
from storage.reviews import Review
from storage.rows import insert
from storage.submissions import Submission
from tests.support.database import fresh

START = 1_795_420_800_000  # 23 November 2026, 11:00 in Moscow
HOUR = 3_600_000

# Organizations: the federation, an industry and a council in one municipality, a youth council.
PLACES: Sequence[tuple[str, OrganizationKind, str | None]] = (
    ("federation", OrganizationKind.FEDERATION, None),
    ("teachers", OrganizationKind.MEMBER, "kineshma"),
    ("kineshma", OrganizationKind.COUNCIL, "kineshma"),
    ("youth", OrganizationKind.YOUTH, None),
)
# Who decides where; «press» writes for the teachers.
ROLES: Mapping[str, tuple[RoleKind, str]] = {
    "press": (RoleKind.PRESS, "teachers"),
    "anna": (RoleKind.MODERATOR, "teachers"),
    "boris": (RoleKind.MODERATOR, "teachers"),
    "council": (RoleKind.MODERATOR, "kineshma"),
    "region": (RoleKind.MODERATOR, "federation"),
    "chair": (RoleKind.YOUTH_CHAIR, "youth"),
    "young": (RoleKind.YOUTH_AUTHOR, "youth"),
}


@dataclass
class Desks:
    """The desks at one moment; people and organizations are called by their names."""

    db: Database
    clock: MovableClock
    rules: DeskRules
    organizations: dict[str, int]
    people: dict[str, int]
    chats: dict[str, int] = field(default_factory=dict)

    @property
    def now(self) -> int:
        """Return the moment, ms UTC."""
        return self.clock.now()

    def write(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open a transaction."""
        return self.db.write()

    async def policy(self, approvals: int, slug: str = "teachers") -> None:
        """Let so many of its moderators have to agree."""
        async with self.db.write() as connection:
            await connection.execute(
                tables.organization.update()
                .where(tables.organization.c.slug == slug)
                .values(approvals=approvals)
            )

    async def draft(
        self,
        slug: str = "teachers",
        *,
        reach: Reach = Reach.OWN,
        author: str = "press",
        due_at: int | None = None,
        not_after_at: int | None = None,
        pictured: Pictured | None = None,
    ) -> Submission:
        """Write a submission as if it had just been sent, without any review yet."""
        async with self.db.write() as connection:
            post = await posts.add(
                connection,
                organization_id=self.organizations[slug],
                kind=PostKind.NEWS,
                reach=Reach.OWN,
                rubric_id=None,
                urgent=False,
                at=self.now,
                now=self.now,
            )
            await submissions.add(
                connection,
                post.id,
                author_id=self.people[author],
                role=ROLES[author][0],
                reach=reach,
                now=self.now,
            )
            await submissions.change(
                connection,
                post.id,
                state=int(SubmissionState.SENT),
                due_at=due_at,
                not_after_at=not_after_at,
                pictured=None if pictured is None else int(pictured),
            )
        return await self.about(post.id)

    async def text(self, post_id: int, said: str, *, picture: bool = False) -> int:
        """Write a revision; returns its id."""
        async with self.db.write() as connection:
            shown = []
            if picture:
                shown.append(
                    await media.add(
                        connection, sha="a" * 64, mime="image/jpeg", size=9, width=3, height=3
                    )
                )
            revision = await posts.add_revision(
                connection,
                post_id,
                title="",
                body=plain(said),
                link=None,
                media_ids=shown,
                now=self.now,
            )
        return revision.id

    async def send(self, slug: str = "teachers", *, picture: bool = False, **more: Any) -> Review:
        """Submit news and lay it before its own desk."""
        about = await self.draft(slug, **more)
        revision_id = await self.text(about.post_id, "Первая редакция", picture=picture)
        async with self.db.write() as connection:
            return await reviews.open_review(
                connection, self.rules, about, revision_id, Reach.OWN, self.now
            )

    async def change(self, post_id: int, said: str = "Вторая редакция") -> list[Review]:
        """Let the author change the text."""
        revision_id = await self.text(post_id, said)
        about = await self.about(post_id)
        async with self.db.write() as connection:
            return await revising.lay_anew(connection, self.rules, about, revision_id, self.now)

    async def approve(
        self, review: Review, who: str, *, revision: int | None = None, at: int | None = None
    ) -> Review:
        """Let somebody approve the revision that lies there, or another."""
        seen = (await self.read(review)).revision_id if revision is None else revision
        async with self.db.write() as connection:
            return await reviews.approve(
                connection, self.rules, review.id, self.people[who], seen, self.now, at
            )

    async def undo(self, review: Review, who: str) -> Review:
        """Let somebody take an approval back."""
        async with self.db.write() as connection:
            return await reviews.undo(connection, review.id, self.people[who], self.now)

    async def send_back(self, review: Review, who: str, *, refuse: bool = True) -> Review:
        """Let somebody refuse or return it."""
        async with self.db.write() as connection:
            return await reviews.send_back(
                connection,
                self.rules,
                review.id,
                self.people[who],
                "Нет даты",
                self.now,
                refuse=refuse,
            )

    async def edit(self, review: Review, who: str, said: str = "Правка модератора") -> int:
        """Let a moderator put another text in place; returns its revision."""
        seen = (await self.read(review)).revision_id
        revision_id = await self.text(review.post_id, said)
        async with self.db.write() as connection:
            await revising.edited(
                connection, self.rules, review.id, self.people[who], seen, revision_id, self.now
            )
        return revision_id

    async def pass_time(self, ms: int) -> None:
        """Let time pass, and what is due go out."""
        self.clock.advance(ms)
        await self.publish()

    async def publish(self) -> None:
        """Let out what is due."""
        await Publisher(self.db, self.rules, Bell(), self.clock).publish()

    async def read(self, review: Review) -> Review:
        """Return a review as it stands."""
        async with self.db.read() as connection:
            return await reviews.reread(connection, review)

    async def of(self, post_id: int) -> list[tuple[Reach, ReviewState]]:
        """Return all reviews of a post: level and state, oldest first."""
        async with self.db.read() as connection:
            return [(one.level, one.state) for one in await rows.of_post(connection, post_id)]

    async def last(self, post_id: int) -> Review:
        """Return the newest review of a post."""
        async with self.db.read() as connection:
            return (await rows.of_post(connection, post_id))[-1]

    async def about(self, post_id: int) -> Submission:
        """Return a submission."""
        async with self.db.read() as connection:
            found = await submissions.get(connection, post_id)
        assert found is not None
        return found

    async def revoke(self, who: str) -> None:
        """Take all roles from somebody."""
        async with self.db.write() as connection:
            await roles.forget(connection, self.people[who], self.now)

    async def follow(self, name: str, *slugs: str) -> int:
        """Let a channel publish what these organizations say."""
        async with self.db.write() as connection:
            chat = await insert(
                connection,
                tables.chat,
                account_id=1,
                external=name,
                kind=int(ChatKind.CHANNEL),
                state=int(ChatState.ACTIVE),
                title=name,
            )
            wish = await insert(
                connection,
                tables.subscription,
                chat_id=chat,
                mode=int(Mode.AT_ONCE),
                digest_minute=19 * 60,
                created_at=self.now,
            )
            for slug in slugs:
                await connection.execute(
                    tables.subscription_organization.insert().values(
                        subscription_id=wish, organization_id=self.organizations[slug]
                    )
                )
        self.chats[name] = chat
        return chat

    async def sent(self, post_id: int) -> dict[str, list[int]]:
        """Return which revisions are planned for each channel."""
        query = (
            sa.select(tables.chat.c.title, tables.wave.c.revision_id)
            .join(tables.delivery, tables.delivery.c.chat_id == tables.chat.c.id)
            .join(tables.wave, tables.wave.c.id == tables.delivery.c.wave_id)
            .where(tables.wave.c.post_id == post_id)
            .order_by(tables.delivery.c.id)
        )
        found: dict[str, list[int]] = {}
        async with self.db.read() as connection:
            for title, revision_id in await connection.execute(query):
                found.setdefault(title, []).append(revision_id)
        return found


def play(folder: Path, story: Callable[[Desks], Awaitable[None]], **rules: Any) -> None:
    """Run a story at new desks."""

    async def run() -> None:
        db = fresh(folder)
        try:
            await story(await _fill(db, replace(DeskRules(ZoneInfo("Europe/Moscow")), **rules)))
        finally:
            await db.close()

    asyncio.run(run())


async def _fill(db: Database, rules: DeskRules) -> Desks:
    found: dict[str, int] = {}
    people: dict[str, int] = {}
    async with db.write() as connection:
        for slug, kind, territory in PLACES:
            found[slug] = await insert(
                connection,
                tables.organization,
                slug=slug,
                name=slug,
                short=slug,
                kind=int(kind),
                territory=territory,
                parent_id=found.get("federation"),
            )
        await insert(
            connection,
            tables.account,
            slug="main",
            network="alpha",
            organization_id=found["federation"],
        )
        for name, (role, slug) in ROLES.items():
            people[name] = await insert(connection, tables.person, name=name, created_at=START)
            await roles.grant(connection, people[name], found[slug], role, None, START)
    return Desks(db, MovableClock(START, frozen=True), rules, found, people)
