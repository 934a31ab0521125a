"""Copies of a post that is taken back: what is called off, what is to be undone, and in which order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.words import DeliveryState, Lane, Reason, WaveKind
from storage import ledger, retractions, showing, tables
from storage.database import Database
from storage.ledger import Settled
from storage.retractions import Copy
from storage.rows import insert
from tests.support.database import fresh

pytestmark = pytest.mark.usefixtures("each_database")

NOW = 1_795_420_800_000
P, F, S, R, U, C, A = (
    DeliveryState.PENDING,
    DeliveryState.IN_FLIGHT,
    DeliveryState.SENT,
    DeliveryState.REFUSED,
    DeliveryState.UNKNOWN,
    DeliveryState.CANCELLED,
    DeliveryState.ASKING,
)


@dataclass
class Ledger:
    """One federation with one account and two posts: 1 is taken back, 2 stays."""

    db: Database
    chats: list[int] = field(default_factory=list)

    async def begin(self) -> None:
        """Write what everything hangs on."""
        async with self.db.write() as c:
            await insert(c, tables.organization, slug="f", name="Ф", short="Ф", kind=1)
            await insert(c, tables.account, slug="a", network="alpha", organization_id=1)
            for _ in range(2):
                values = {"organization_id": 1, "kind": 1, "reach": 1, "created_at": NOW}
                await insert(c, tables.post, at=NOW, **values)

    async def delivery(
        self,
        state: DeliveryState,
        *,
        kind: WaveKind = WaveKind.CREATE,
        posts: tuple[int, ...] = (),
        chat: int | None = None,
        **values: Any,
    ) -> int:
        """Write a delivery of post 1, or a selection of `posts`, to a chat of its own."""
        async with self.db.write() as c:
            chat = chat or await insert(
                c, tables.chat, account_id=1, external=f"c{len(self.chats)}", kind=1, state=1
            )
            self.chats.append(chat)
            wave = await insert(
                c,
                tables.wave,
                account_id=1,
                kind=WaveKind.DIGEST if posts else kind,
                lane=Lane.DIGEST if posts else Lane.NEWS,
                due_at=NOW,
                post_id=None if posts else 1,
                created_at=NOW,
            )
            made = await insert(
                c, tables.delivery, wave_id=wave, chat_id=chat, state=state, **values
            )
            for post in posts:
                await c.execute(tables.digest_item.insert().values(delivery_id=made, post_id=post))
        return made

    async def take_back(self) -> list[Copy]:
        """Take post 1 back as the desk does, up to the copies."""
        async with self.db.write() as c:
            await c.execute(
                sa.update(tables.post).where(tables.post.c.id == 1).values(retracted_at=NOW)
            )
            await retractions.call_off(c, 1, NOW)
            return await retractions.copies(c, 1)

    async def state(self, delivery: int) -> DeliveryState:
        """Return where a delivery stands."""
        async with self.db.read() as c:
            found = await showing.state_of(c, delivery)
        assert found is not None
        return found

    async def selected(self, delivery: int) -> list[int]:
        """Return the posts of a selection."""
        async with self.db.read() as c:
            return await showing.digest_posts(c, delivery)

    async def wave_open(self, delivery: int) -> bool:
        """Tell whether a delivery's wave is open."""
        async with self.db.read() as c:
            found = await c.scalar(
                sa.select(tables.wave.c.open)
                .join(tables.delivery, tables.delivery.c.wave_id == tables.wave.c.id)
                .where(tables.delivery.c.id == delivery)
            )
        return bool(found)


def keep(folder: Path, story: Callable[[Ledger], Awaitable[None]]) -> None:
    """Run a story in a new ledger."""

    async def run() -> None:
        db = fresh(folder)
        try:
            book = Ledger(db)
            await book.begin()
            await story(book)
        finally:
            await db.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("was", "values", "becomes", "undone"),
    [
        (P, {}, C, False),
        (A, {}, C, False),
        (P, {"doubt": True}, U, True),
        (P, {"message": "10"}, C, True),
        (F, {}, F, True),
        (S, {"message": "10"}, S, True),
        (S, {}, S, True),
        (U, {}, U, True),
        (R, {}, R, False),
        (R, {"message": "10"}, R, True),
        (C, {}, C, False),
    ],
    ids=[
        "waits",
        "waits for its owner's yes",
        "may have arrived, waits to be tried again",
        "partly out, the rest waits",
        "in the air",
        "out",
        "out, as a person said",
        "nobody knows",
        "refused",
        "refused after its first part",
        "called off before",
    ],
)
@pytest.mark.parametrize("kind", [WaveKind.CREATE, WaveKind.RESEND])
def test_a_copy_by_itself(
    tmp_path: Path,
    was: DeliveryState,
    values: dict[str, Any],
    becomes: DeliveryState,
    undone: bool,
    kind: WaveKind,
) -> None:
    async def story(book: Ledger) -> None:
        one = await book.delivery(was, kind=kind, **values)
        shown = await book.take_back()
        assert await book.state(one) is becomes
        assert [copy.delivery_id for copy in shown] == ([one] if undone else [])
        if was is P and becomes is C:
            assert not await book.wave_open(one)

    keep(tmp_path, story)


@pytest.mark.parametrize(
    ("was", "values", "posts", "becomes", "among_others"),
    [
        (P, {}, (1, 2), P, None),
        (P, {}, (1,), C, None),
        (P, {"doubt": True}, (1,), U, False),
        (P, {"message": "10"}, (1,), C, False),
        (P, {"doubt": True}, (1, 2), P, True),
        (F, {}, (1,), F, False),
        (F, {}, (1, 2), F, True),
        (S, {"message": "10"}, (1,), S, False),
        (S, {"message": "10"}, (1, 2), S, True),
        (U, {}, (1, 2), U, True),
        (R, {"message": "10"}, (1,), R, False),
    ],
    ids=[
        "unsent, with others",
        "unsent, alone",
        "alone, may have arrived",
        "alone, partly out",
        "with others, may have arrived",
        "alone, in the air",
        "with others, in the air",
        "out, alone",
        "out, with others",
        "nobody knows, with others",
        "alone, refused after its first part",
    ],
)
def test_a_copy_in_a_selection(
    tmp_path: Path,
    was: DeliveryState,
    values: dict[str, Any],
    posts: tuple[int, ...],
    becomes: DeliveryState,
    among_others: bool | None,
) -> None:
    async def story(book: Ledger) -> None:
        one = await book.delivery(was, posts=posts, **values)
        beside = await book.delivery(P, posts=(2,))
        shown = await book.take_back()
        assert await book.state(one) is becomes
        wanted = [] if among_others is None else [(one, among_others)]
        assert [(copy.delivery_id, copy.among_others) for copy in shown] == wanted
        assert await book.selected(one) == [post for post in posts if post != 1]
        assert await book.selected(beside) == [2]
        assert await book.state(beside) is P

    keep(tmp_path, story)


def test_what_came_last_goes_first(tmp_path: Path) -> None:
    async def story(book: Ledger) -> None:
        made = [await book.delivery(S, message=str(n)) for n in range(3)]
        made.append(await book.delivery(S, posts=(1, 2), message="9"))
        made.append(await book.delivery(R, message="10"))
        assert [copy.delivery_id for copy in await book.take_back()] == made[::-1]

    keep(tmp_path, story)


def test_a_correction_on_its_way_is_called_off(tmp_path: Path) -> None:
    async def story(book: Ledger) -> None:
        out = await book.delivery(S, message="10")
        amend = await book.delivery(P, kind=WaveKind.AMEND, of_id=out, chat=book.chats[0])
        in_doubt = await book.delivery(
            P, kind=WaveKind.AMEND, of_id=out, chat=book.chats[0], doubt=True
        )
        assert [copy.delivery_id for copy in await book.take_back()] == [out]
        assert await book.state(amend) is C
        assert await book.state(in_doubt) is C

    keep(tmp_path, story)


@pytest.mark.parametrize(
    ("doubt", "becomes"), [(False, C), (True, U)], ids=["not there", "may be there"]
)
@pytest.mark.parametrize("posts", [(), (1,)], ids=["alone", "the only one in a selection"])
def test_what_was_in_the_air_is_not_tried_again(
    tmp_path: Path, doubt: bool, becomes: DeliveryState, posts: tuple[int, ...]
) -> None:
    async def story(book: Ledger) -> None:
        one = await book.delivery(F, posts=posts)
        await book.take_back()
        async with book.db.write() as c:
            again = Settled(one, P, Reason.UNREACHABLE, doubt=doubt, not_before=NOW + 5)
            await ledger.settle(c, [again], NOW)
        assert await book.state(one) is becomes

    keep(tmp_path, story)


def test_a_selection_with_others_is_tried_again(tmp_path: Path) -> None:
    async def story(book: Ledger) -> None:
        one = await book.delivery(F, posts=(1, 2))
        await book.take_back()
        async with book.db.write() as c:
            await ledger.settle(c, [Settled(one, P, Reason.UNREACHABLE)], NOW)
        assert await book.state(one) is P

    keep(tmp_path, story)


def test_what_was_claimed_and_did_not_leave_stays_here(tmp_path: Path) -> None:
    async def story(book: Ledger) -> None:
        one, other = await book.delivery(F), await book.delivery(F, posts=(2,))
        await book.take_back()
        async with book.db.write() as c:
            await ledger.put_back(c, [one, other], NOW)
        assert await book.state(one) is C
        assert await book.state(other) is P

    keep(tmp_path, story)


def test_what_takes_a_post_out_of_a_selection_is_tried_until_it_is_done(tmp_path: Path) -> None:
    async def story(book: Ledger) -> None:
        out = await book.delivery(S, posts=(1, 2), message="10")
        (copy,) = await book.take_back()
        async with book.db.write() as c:
            values = {"kind": WaveKind.AMEND, "lane": Lane.RETRACT, "due_at": NOW}
            wave = await insert(c, tables.wave, account_id=1, post_id=1, created_at=NOW, **values)
            await retractions.add(c, wave, [copy])
            row = sa.select(tables.delivery.c.id).where(tables.delivery.c.of_id == out)
            amend = await c.scalar(row)
            assert amend is not None
            await c.execute(
                sa.update(tables.delivery).where(tables.delivery.c.id == amend).values(state=F)
            )
            await ledger.settle(c, [Settled(amend, P, Reason.THROTTLED, not_before=NOW + 5)], NOW)
        assert await book.state(amend) is P

    keep(tmp_path, story)
