"""A correction reaches what is out, in place or in the way that the policy allows, and no part of it twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from broadcaster.words import NUMBERS_NOT_KNOWN, OLD_STAYS, PICTURES_STAY, REPLIED, SENT_ANEW
from core.messenger import Capabilities, Later, Refused, Unknown
from core.words import ChatKind, Corrections, DeliveryState, Reason
from storage import amending, outgoing, showing, tables
from tests.broadcaster.office import KEYED, PLAIN, Office, work

PENDING, SENT, REFUSED = DeliveryState.PENDING, DeliveryState.SENT, DeliveryState.REFUSED
UNKNOWN, ASKING = DeliveryState.UNKNOWN, DeliveryState.ASKING
IN_FLIGHT = DeliveryState.IN_FLIGHT
TOO_OLD = Refused(Reason.TOO_OLD, "message can't be edited")
LONG = "слово " * 50  # two parts
PRIVATE, GROUP, CHANNEL, WALL = ChatKind.PRIVATE, ChatKind.GROUP, ChatKind.CHANNEL, ChatKind.WALL
KINDS = [PRIVATE, GROUP, CHANNEL]
WITHOUT_REPLIES = replace(KEYED, replies=False)


async def policy(made: Office, way: Corrections) -> None:
    """Let the federation's corrections be made in this way."""
    async with made.db.write() as connection:
        await connection.execute(tables.organization.update().values(corrections=int(way)))


async def published(made: Office, kind: ChatKind, text: str = "Было.", **more: object) -> None:
    """Let a post be out in one chat."""
    await made.chat("1", kind)
    await made.take("a", text, **more)
    await made.courier.drain()


async def shown(made: Office) -> list[list[str]]:
    """Return the messages that the create has by now."""
    async with made.db.read() as connection:
        return await showing.messages_of(connection, 1)


async def endings(made: Office) -> list[tuple[DeliveryState, str | None]]:
    """Return how the amends ended."""
    rows = await made.rows(tables.delivery.c.state, tables.delivery.c.detail)
    return [(DeliveryState(state), detail) for state, detail in rows[1:]]


# Where a message cannot be edited


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("reason", [Reason.TOO_OLD, Reason.NO_RIGHTS])
def test_what_cannot_be_edited_gets_a_note_in_reply(
    tmp_path: Path, kind: ChatKind, reason: Reason
) -> None:
    async def story(made: Office) -> None:
        await published(made, kind)
        made.messenger.edits["1"].append(Refused(reason))
        await made.correct("a", "Стало.")
        await made.rest(60)
        _, note, _ = made.messenger.sent[-1]
        assert note.text.text == "Исправление\n\nНовость a\n\nСтало."
        assert note.replies_to == "1"
        assert await shown(made) == [["1"], ["2"]]
        assert await endings(made) == [(SENT, REPLIED)]

    work(tmp_path, story)


def test_the_next_correction_goes_into_the_note(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await published(made, CHANNEL)
        made.messenger.edits["1"].append(TOO_OLD)
        for text in ("Стало.", "Стало так.", "Стало " * 60):
            await made.correct("a", text)
            await made.rest(60)
        assert [ids for _, ids, _ in made.messenger.edited] == [("1",), ("2",), ("2",)]
        assert len(made.messenger.sent) == 3, "the post, the note, and its second part"
        assert await endings(made) == [(SENT, REPLIED)] * 3

    work(tmp_path, story)


def test_a_note_grown_old_gets_a_note_of_its_own(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await published(made, PRIVATE)
        made.messenger.edits["1"].extend([TOO_OLD, TOO_OLD])
        for text in ("Стало.", "Стало так."):
            await made.correct("a", text)
            await made.rest(60)
        assert [part.replies_to for _, part, _ in made.messenger.sent] == [None, "1", "1"]
        assert await shown(made) == [["1"], ["2"], ["3"]]
        await made.retract("a")
        await made.rest(60)
        assert made.messenger.deleted == [("3",), ("2",), ("1",)], "the notes are taken back too"

    work(tmp_path, story)


def test_where_nothing_can_be_replied_to_the_note_names_the_old_post(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await published(made, WALL)
        made.messenger.edits["1"].append(TOO_OLD)
        await made.correct("a", "Стало.")
        await made.rest(60)
        _, note, _ = made.messenger.sent[-1]
        assert note.replies_to is None
        assert note.text.text.startswith("Исправление\n\nК записи https://alpha.example/1/1\n\n")

    work(tmp_path, story, WITHOUT_REPLIES)


@pytest.mark.parametrize("kind", KINDS)
def test_by_policy_the_old_message_is_replaced(tmp_path: Path, kind: ChatKind) -> None:
    async def story(made: Office) -> None:
        await policy(made, Corrections.REPLACE)
        await published(made, kind, LONG)
        made.messenger.edits["1"].append(TOO_OLD)
        await made.correct("a", "Стало.")
        await made.rest(60)
        assert made.messenger.texts("1")[-1] == "Новость a\n\nСтало."
        assert made.messenger.deleted == [("2",), ("1",)], "only after the new one is there"
        assert made.messenger.order[-3:] == [("send", "1"), ("delete", "1"), ("delete", "1")]
        assert await shown(made) == [["3"]]
        assert await endings(made) == [(SENT, SENT_ANEW)]
        await made.correct("a", "Стало так.")
        await made.rest(60)
        assert [ids for _, ids, _ in made.messenger.edited] == [("1",), ("3",)]

    work(tmp_path, story)


def test_what_was_replaced_but_cannot_be_deleted_is_called_out_of_date(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await policy(made, Corrections.REPLACE)
        await published(made, CHANNEL)
        made.messenger.edits["1"].append(TOO_OLD)
        made.messenger.deletes["1"].append(TOO_OLD)
        await made.correct("a", "Стало.")
        await made.rest(60)
        _, ids, part = made.messenger.edited[-1]
        assert ids == ("2",)
        assert part.text.text.startswith("Исправлено. Прежнее сообщение устарело.")
        assert await shown(made) == [["1"], ["2"]]
        assert await endings(made) == [(SENT, OLD_STAYS)]

    work(tmp_path, story)


def test_a_replacement_that_stops_half_way_is_done_to_the_end_without_a_second_copy(
    tmp_path: Path,
) -> None:
    async def story(made: Office) -> None:
        await policy(made, Corrections.REPLACE)
        await published(made, CHANNEL)
        made.messenger.edits["1"].append(TOO_OLD)
        made.messenger.deletes["1"].append(Later(Reason.SERVER_ERROR))
        await made.correct("a", "Стало.")
        await made.courier.drain()
        assert await made.states() == [SENT, PENDING]
        await made.rest(400)
        assert len(made.messenger.sent) == 2
        assert await shown(made) == [["2"]]
        assert await endings(made) == [(SENT, SENT_ANEW)]

    work(tmp_path, story)


@pytest.mark.parametrize(
    ("way", "ending"), [(Corrections.REPLY, REPLIED), (Corrections.REPLACE, SENT_ANEW)]
)
def test_by_policy_the_owner_is_asked_and_chooses(
    tmp_path: Path, way: Corrections, ending: str
) -> None:
    async def story(made: Office) -> None:
        await policy(made, Corrections.ASK)
        await published(made, CHANNEL)
        made.messenger.edits["1"].extend([TOO_OLD, TOO_OLD])
        asking = made.bell.on("asking")
        asking.clear()
        await made.correct("a", "Стало.")
        await made.rest(60)
        assert await made.states() == [SENT, ASKING]
        assert asking.is_set()
        assert len(made.messenger.sent) == 1
        async with made.db.write() as connection:
            (question,) = await outgoing.unasked(connection, 10)
            assert await amending.choose(connection, question.delivery_id, way)
        await made.rest(60)
        assert await endings(made) == [(SENT, ending)]
        assert await made.open_waves() == 0

    work(tmp_path, story)


def test_in_a_dialog_nobody_is_asked(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await policy(made, Corrections.ASK)
        await published(made, PRIVATE)
        made.messenger.edits["1"].append(TOO_OLD)
        await made.correct("a", "Стало.")
        await made.rest(60)
        assert await endings(made) == [(SENT, REPLIED)]

    work(tmp_path, story)


def test_a_newer_correction_takes_the_place_of_a_question(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await policy(made, Corrections.ASK)
        await published(made, CHANNEL)
        made.messenger.edits["1"].append(TOO_OLD)
        await made.correct("a", "Стало.")
        await made.rest(60)
        await made.correct("a", "Стало так.")
        await made.rest(60)
        assert [state for state, _ in await endings(made)] == [DeliveryState.CANCELLED, SENT]

    work(tmp_path, story)


def test_a_chat_that_takes_no_note_either_says_so_and_is_edited_once_it_can_be(
    tmp_path: Path,
) -> None:
    async def story(made: Office) -> None:
        await published(made, CHANNEL)
        made.messenger.edits["1"].append(Refused(Reason.NO_RIGHTS))
        made.messenger.script["1"].append(Refused(Reason.NO_RIGHTS))
        await made.correct("a", "Стало.")
        await made.rest(60)
        assert [state for state, _ in await endings(made)] == [REFUSED]
        await made.correct("a", "Стало так.")
        await made.rest(60)
        assert made.messenger.edited[-1][1] == ("1",)
        assert await endings(made) == [(REFUSED, None), (SENT, None)]

    work(tmp_path, story)


# Pictures


@pytest.mark.parametrize(
    ("before", "after", "deleted"),
    [(["p", "q", "r"], ["p", "r"], [("3",)]), (["p", "q", "r"], ["q"], [("2", "3")])],
)
def test_an_album_becomes_smaller_where_each_picture_is_a_message(
    tmp_path: Path, before: list[str], after: list[str], deleted: list[tuple[str, ...]]
) -> None:
    async def story(made: Office) -> None:
        await published(made, CHANNEL, pictures=before)
        await made.correct("a", "Стало.", pictures=after)
        await made.rest(60)
        _, ids, part = made.messenger.edited[-1]
        assert ids == ("1", "2", "3")[: len(after)]
        assert [file.sha for file in part.media] == after
        assert made.messenger.deleted == deleted
        assert await shown(made) == [list(ids)]
        assert await endings(made) == [(SENT, None)]

    work(tmp_path, story)


@pytest.mark.parametrize(
    ("before", "after"), [(["p"], []), (["p"], ["p", "q"]), ([], ["p", "q"]), (["p", "q"], [])]
)
def test_by_policy_pictures_that_change_in_kind_are_replaced(
    tmp_path: Path, before: list[str], after: list[str]
) -> None:
    async def story(made: Office) -> None:
        await policy(made, Corrections.REPLACE)
        await published(made, CHANNEL, pictures=before)
        old = await shown(made)
        made.messenger.edits["1"].append(Refused(Reason.BAD_CONTENT))
        await made.correct("a", "Стало.", pictures=after)
        await made.rest(60)
        _, part, _ = made.messenger.sent[-1]
        assert [file.sha for file in part.media] == after
        assert made.messenger.deleted == [tuple(old[0])]
        assert len((await shown(made))[0]) == max(1, len(after))
        assert await endings(made) == [(SENT, SENT_ANEW)]

    work(tmp_path, story)


def test_where_pictures_cannot_grow_the_text_is_corrected_without_a_note(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await published(made, CHANNEL, pictures=["p"])
        made.messenger.edits["1"].append(Refused(Reason.BAD_CONTENT))
        await made.correct("a", "Стало.", pictures=["p", "q"])
        await made.rest(60)
        assert len(made.messenger.sent) == 1
        assert await endings(made) == [(SENT, PICTURES_STAY)]

    work(tmp_path, story)


# A text that grows, and a kill in between


async def killed_while_adding(made: Office, kind: ChatKind) -> None:
    """Kill the courier when the part that a correction adds has arrived, but its answer has not."""
    await published(made, kind)
    made.messenger.script["1"].append(asyncio.CancelledError())
    await made.correct("a", LONG)
    await made.courier.drain()
    assert await made.states() == [SENT, IN_FLIGHT]
    await made.restart()


def test_after_a_kill_a_dialog_gets_the_added_part_once_more_and_never_a_third_time(
    tmp_path: Path,
) -> None:
    async def story(made: Office) -> None:
        await killed_while_adding(made, PRIVATE)
        ((_, _), (state, doubt)) = await made.rows(tables.delivery.c.state, tables.delivery.c.doubt)
        assert (state, doubt) == (PENDING, True)
        made.messenger.script["1"].append(Unknown())
        await made.rest(400, times=3)
        assert await made.states() == [SENT, UNKNOWN]
        assert len(made.messenger.sent) == 3

    work(tmp_path, story)


def test_after_a_kill_a_channels_owner_is_asked_about_the_added_part(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await killed_while_adding(made, CHANNEL)
        await made.rest(400)
        assert await made.states() == [SENT, UNKNOWN]
        assert len(made.messenger.sent) == 2, "nothing is sent a second time by itself"

    work(tmp_path, story)


@pytest.mark.parametrize("kind", [PRIVATE, WALL])
def test_after_a_kill_the_added_part_is_repeated_under_the_same_key(
    tmp_path: Path, kind: ChatKind
) -> None:
    async def story(made: Office) -> None:
        await killed_while_adding(made, kind)
        await made.rest(60)
        keys = [key for _, _, key in made.messenger.sent]
        assert await made.states() == [SENT, SENT]
        async with made.db.read() as connection:
            claims = await connection.scalars(sa.select(tables.amendment.c.adding))
            assert list(claims) == [None]
        assert len(keys) == 3
        assert keys[1] == keys[2]
        assert len(await shown(made)) == 2

    work(tmp_path, story, KEYED)


def test_a_correction_of_a_correction_in_doubt_does_not_send_its_part_again(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await published(made, PRIVATE)
        made.messenger.script["1"].append(Unknown())
        await made.correct("a", LONG)
        await made.courier.drain()
        await made.correct("a", LONG + "и ещё")
        await made.rest(60, times=3)
        assert await made.states() == [SENT, SENT, SENT]
        added = {key for _, _, key in made.messenger.sent[1:]}
        assert len(added) == 1, "the doubtful part is repeated under its own key"
        assert "и ещё" in made.messenger.edited[-1][2].text.text

    work(tmp_path, story, KEYED)


@pytest.mark.parametrize("able", [PLAIN, KEYED])
def test_a_text_that_shrinks_gives_up_its_last_parts(tmp_path: Path, able: Capabilities) -> None:
    async def story(made: Office) -> None:
        await published(made, PRIVATE, LONG)
        await made.correct("a", "Коротко.")
        await made.rest(60)
        assert made.messenger.deleted == [("2",)]
        assert await shown(made) == [["1"]]

    work(tmp_path, story, able)


def test_a_part_whose_number_nobody_knows_stays_and_the_ledger_says_so(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await published(made, CHANNEL, LONG)
        async with made.db.write() as connection:
            await showing.keep_messages(connection, 1, 0, [""])
        await made.correct("a", LONG.replace("слово", "дело"))
        await made.rest(60)
        assert [ids for _, ids, _ in made.messenger.edited] == [("2",)]
        assert await endings(made) == [(SENT, NUMBERS_NOT_KNOWN)]
        await made.retract("a")
        await made.rest(60)
        assert made.messenger.deleted == [("2",)]
        assert (await made.states())[-1] is REFUSED

    work(tmp_path, story)


def test_a_part_whose_number_nobody_knows_is_not_forgotten_when_the_text_shrinks(
    tmp_path: Path,
) -> None:
    async def story(made: Office) -> None:
        await published(made, CHANNEL, LONG)
        async with made.db.write() as connection:
            await showing.keep_messages(connection, 1, 1, [""])
        await made.correct("a", "Коротко.")
        await made.rest(60)
        assert await endings(made) == [(SENT, NUMBERS_NOT_KNOWN)]
        await made.retract("a")
        await made.rest(60)
        assert made.messenger.deleted == [("1",)]
        assert (await made.states())[-1] is REFUSED, "it is not called deleted"

    work(tmp_path, story)


def test_a_stop_between_the_parts_of_a_correction_lets_the_next_run_end_it(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await published(made, CHANNEL, LONG)
        made.messenger.order.clear()
        stops: list[asyncio.Task[None]] = []

        async def stop() -> None:
            stops.append(asyncio.create_task(made.courier.stop(10)))
            made.messenger.on_edit = None
            await asyncio.sleep(0)  # it is told before this call is answered

        made.messenger.on_edit = stop
        await made.correct("a", "слово " * 80)
        await made.courier.run()
        await stops[0]
        assert made.messenger.order == [("edit", "1")]
        assert (await endings(made))[0][0] is PENDING
        await made.restart()
        await made.rest(60)
        # An edit may be made again; the part that is new leaves once.
        assert made.messenger.order[1:] == [("edit", "1"), ("edit", "1"), ("send", "1")]
        assert await endings(made) == [(SENT, None)]

    work(tmp_path, story)
