"""Waves and deliveries as they are planned, called off and planned again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.words import ChatKind, ChatState, DeliveryState, HoldScope, Mode, Reason
from storage import (
    candidates,
    claims,
    corrections,
    fanouts,
    ledger,
    outgoing,
    planning,
    sought,
    tables,
    whereabouts,
)
from storage.rows import insert
from tests.broadcaster.office import Office, work

pytestmark = pytest.mark.usefixtures("each_database")

DAY = 86_400
SOUGHT = sought.Sought({1}, None, 1, sought.Span(7, 9))
SIMPLE = sought.at_once(urgent=False, scheduled=False)
PENDING, SENT, CANCELLED = DeliveryState.PENDING, DeliveryState.SENT, DeliveryState.CANCELLED


def test_a_selection_called_off_does_not_stop_the_next_post(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        chat = await made.chat("1", mode=Mode.DIGEST)
        await made.chat("2", mode=Mode.DIGEST)
        await made.take("a")
        async with made.db.write() as connection:
            await outgoing.call_off_chat(connection, chat, made.clock.now())
        await made.take("b")  # the person has subscribed again
        await made.rest(DAY)
        (text,) = made.messenger.texts("1")
        assert "Новость b" in text
        assert "Новость a" not in text
        assert await made.open_waves() == 0

    work(tmp_path, story)


def test_a_post_stands_once_in_a_selection(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        chat = await made.chat("1", mode=Mode.DIGEST)
        await made.take("a")
        now = made.clock.now()
        async with made.db.write() as connection:
            due_at = await connection.scalar(sa.select(tables.wave.c.due_at))
            await planning.add_to_digests(
                connection, [(made.account, due_at or 0, chat)], post_id=1, now=now
            )
        await made.rest(DAY)
        (text,) = made.messenger.texts("1")
        assert text.count("Новость a") == 1

    work(tmp_path, story)


def test_of_many_selections_those_called_off_are_made_anew_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "_TOGETHER", 2)

    async def story(made: Office) -> None:
        chats = [await made.chat(str(number), mode=Mode.DIGEST) for number in range(7)]
        await made.take("a")
        off = [chats[0], chats[3], chats[6]]
        async with made.db.write() as connection:
            for chat in off:
                await outgoing.call_off_chat(connection, chat, made.clock.now())
        await made.take("b")
        await made.take("c")
        await made.rest(DAY)
        for number, chat in enumerate(chats):
            (text,) = made.messenger.texts(str(number))
            assert ("Новость a" in text) == (chat not in off)
            assert text.count("Новость b") == text.count("Новость c") == 1
        assert len(await made.rows(tables.delivery.c.id)) == len(chats) + len(off)

    work(tmp_path, story)


def test_a_selection_with_a_post_of_a_stopped_organization_waits_with_all_it_holds(
    tmp_path: Path,
) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", mode=Mode.DIGEST)
        await made.take("a")
        async with made.db.write() as connection:
            hold = await insert(
                connection,
                tables.hold,
                scope=int(HoldScope.ORGANIZATION),
                organization_id=made.federation,
                at=0,
            )
        await made.rest(DAY)
        assert await made.states() == [PENDING]
        async with made.db.write() as connection:
            lifted = tables.hold.update().where(tables.hold.c.id == hold).values(lifted_at=1)
            await connection.execute(lifted)
        await made.rest(1)
        assert await made.states() == [SENT]

    work(tmp_path, story)


@pytest.mark.parametrize(
    ("scope", "values"),
    [
        (HoldScope.ALL, {}),
        (HoldScope.MESSENGER, {"network": "alpha"}),
        (HoldScope.ORGANIZATION, {"organization_id": 1}),
    ],
)
def test_corrections_pass_every_stop(
    tmp_path: Path, scope: HoldScope, values: dict[str, Any]
) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", ChatKind.CHANNEL)
        await made.take("a")
        await made.courier.drain()
        async with made.db.write() as connection:
            await insert(connection, tables.hold, scope=int(scope), at=0, **values)
        await made.take("b")
        await made.correct("a", "Иначе.")
        await made.rest(1)
        assert await made.states() == [SENT, PENDING, SENT]

    work(tmp_path, story)


def test_a_corrected_selection_is_edited_once_for_both_of_its_posts(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", mode=Mode.DIGEST)
        await made.take("a")
        await made.take("b")
        await made.rest(DAY)
        await made.correct("a", "Первое иначе.")
        await made.correct("b", "Второе иначе.")
        await made.rest(1)
        _, _, last = made.messenger.edited[-1]
        assert "Первое иначе" in last.text.text
        assert "Второе иначе" in last.text.text
        async with made.db.read() as connection:
            shown = await connection.scalars(
                sa.select(tables.digest_item.c.revision_id).order_by(tables.digest_item.c.post_id)
            )
            assert list(shown) == [3, 4]

    work(tmp_path, story)


async def _plan(made: Office, ask: Any) -> list[str]:
    """Return how SQLite goes about the statements that `ask` runs."""
    statements: list[tuple[str, Any]] = []

    def keep(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        statements.append((statement, values))

    engine = made.db._reader.sync_engine
    sa.event.listen(engine, "before_cursor_execute", keep)
    async with made.db.read() as connection:
        await ask(connection)
        sa.event.remove(engine, "before_cursor_execute", keep)
        steps: list[str] = []
        for statement, values in statements:
            if statement.lstrip().startswith(("SELECT", "WITH", "INSERT INTO delivery", "UPDATE")):
                rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
                steps += [str(row._mapping["detail"]) for row in rows]
    return steps


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: claims.claimable(c, 1, "alpha", 2**41, 12),
        lambda c: claims.next_moment(c, 1, 1),
        lambda c: ledger.in_flight(c, 1),
        lambda c: corrections.copies(c, 1),
        lambda c: candidates.candidates(c, SOUGHT, SIMPLE, [1]),
        lambda c: fanouts.add(c, SOUGHT, SIMPLE, [1]),
        lambda c: candidates.due_moments(c, {1: [1]}, 0),
        lambda c: candidates.latest_for(c, 1, 1, 1),
        lambda c: whereabouts.lose_chat(c, 1, ChatState.GONE, Reason.KICKED, 1),
        lambda c: outgoing.call_off_chat(c, 1, 1),
        lambda c: outgoing.unasked(c, 50),
        lambda c: planning._settled(c, [(1, 1), (1, 2)]),
    ],
    ids=[
        "claimable",
        "next_moment",
        "in_flight",
        "copies",
        "candidates",
        "add",
        "due_moments",
        "latest_for",
        "lose_chat",
        "call_off_chat",
        "unasked",
        "settled",
    ],
)
@pytest.mark.parametrize("each_database", ["sqlite"], indirect=True)
def test_no_hot_statement_reads_through_deliveries(tmp_path: Path, ask: Any) -> None:
    async def story(made: Office) -> None:
        await made.chat("1")
        await made.take("a")
        steps = await _plan(made, ask)
        assert steps
        for step in steps:
            for table in ("d", "delivery", "digest_item", "e", "chat", "c"):
                assert not step.startswith(f"SCAN {table} ") and step != f"SCAN {table}", step
            assert step not in ("SEARCH delivery", "SEARCH d", "SEARCH wave"), (
                "the least of a whole table"
            )
            assert "sqlite_autoindex_chat_1 (account_id=?)" not in step, "all chats of an account"

    work(tmp_path, story)
