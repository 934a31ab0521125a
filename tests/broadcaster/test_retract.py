"""What is taken back is gone, or a notice stands in its place, and the ledger says which."""

from __future__ import annotations

import asyncio
from itertools import count
from pathlib import Path

import pytest

from broadcaster.words import DELETED, NOT_KNOWN, REPLACED, REPLACED_PICTURES_STAY
from core.messenger import Later, Outcome, Pace, Refused, Unknown
from core.words import ChatKind, ChatState, DeliveryState, HoldScope, Reason, WaveKind
from storage import claims, outgoing, tables
from storage.rows import insert
from tests.broadcaster.office import KEYED, NOTICE, PLAIN, Office, work

LONG = "\n\n".join(f"Абзац {n}. " + "слово " * 20 for n in range(3))
TOO_OLD = Refused(Reason.TOO_OLD, "message can't be deleted for everyone")
NO_TEXT = Refused(Reason.BAD_CONTENT, "there is no text in the message to edit")
SENT, REFUSED, UNKNOWN = DeliveryState.SENT, DeliveryState.REFUSED, DeliveryState.UNKNOWN
CANCELLED = DeliveryState.CANCELLED
_row = tables.delivery.c


async def ending(made: Office) -> tuple[DeliveryState, Reason | None, str | None]:
    """Return how the newest delivery ended."""
    state, reason, detail = (await made.rows(_row.state, _row.reason, _row.detail))[-1]
    return DeliveryState(state), None if reason is None else Reason(reason), detail


async def published(made: Office, text: str = "Текст.", pictures: tuple[str, ...] = ()) -> None:
    """Send a post to a channel."""
    await made.chat("1", ChatKind.CHANNEL)
    await made.take("a", text, pictures)
    await made.courier.drain()


def test_every_message_goes_and_the_newest_part_first(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await published(made, LONG, ("p", "q"))
        await made.retract("a")
        await made.rest(1)
        texts = len(made.messenger.sent) - 1
        assert texts > 1
        later = [(str(n),) for n in range(2 + texts, 2, -1)]
        assert made.messenger.deleted == [*later, ("1", "2")]
        assert made.messenger.edited == []
        assert await ending(made) == (SENT, None, DELETED)
        assert (await made.states())[0] is SENT, "it was delivered, whatever became of it"
        assert await made.open_waves() == 0

    work(tmp_path, story)


def test_what_is_gone_already_counts_as_deleted(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await published(made)
        made.messenger.deletes["1"].append(Refused(Reason.GONE, "not found"))
        await made.retract("a")
        await made.rest(1)
        assert await ending(made) == (SENT, None, DELETED)
        assert made.messenger.edited == []

    work(tmp_path, story)


@pytest.mark.parametrize("reason", [Reason.TOO_OLD, Reason.NO_RIGHTS, Reason.OTHER])
def test_where_deleting_is_refused_a_notice_takes_the_place(tmp_path: Path, reason: Reason) -> None:
    async def story(made: Office) -> None:
        await published(made)
        made.messenger.deletes["1"].append(Refused(reason, "no"))
        await made.retract("a")
        await made.rest(1)
        ((_, ids, part),) = made.messenger.edited
        assert (ids, part.text.text, part.media, part.preview) == (("1",), NOTICE, (), False)
        assert await ending(made) == (SENT, None, REPLACED)

    work(tmp_path, story)


@pytest.mark.parametrize(
    ("reason", "chat"),
    [
        (Reason.BLOCKED, ChatState.BLOCKED),
        (Reason.KICKED, ChatState.GONE),
        (Reason.CHAT_NOT_FOUND, ChatState.ACTIVE),  # its failing days are counted
        (Reason.NO_WALL_KEY, ChatState.ACTIVE),
    ],
)
def test_a_chat_that_cannot_be_reached_ends_it(
    tmp_path: Path, reason: Reason, chat: ChatState
) -> None:
    async def story(made: Office) -> None:
        await published(made)
        made.messenger.deletes["1"].append(Refused(reason, "no"))
        await made.retract("a")
        await made.rest(1)
        assert made.messenger.edited == []
        assert await ending(made) == (REFUSED, reason, "no")
        async with made.db.read() as connection:
            (row,) = await connection.execute(tables.chat.select())
        assert row.state == chat

    work(tmp_path, story)


def test_every_part_of_a_long_text_gets_the_notice(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await published(made, LONG)
        parts = len(made.messenger.sent)
        made.messenger.deletes["1"].extend([TOO_OLD] * parts)
        await made.retract("a")
        await made.rest(1)
        assert [ids for _, ids, _ in made.messenger.edited] == [
            (str(n),) for n in range(parts, 0, -1)
        ]
        assert {part.text.text for _, _, part in made.messenger.edited} == {NOTICE}
        assert await ending(made) == (SENT, None, REPLACED)

    work(tmp_path, story)


@pytest.mark.parametrize("pictures", [("p",), ("p", "q", "r")])
def test_pictures_that_cannot_go_keep_the_notice_as_their_caption(
    tmp_path: Path, pictures: tuple[str, ...]
) -> None:
    async def story(made: Office) -> None:
        await published(made, LONG, pictures)
        parts = len(made.messenger.sent)
        made.messenger.deletes["1"].extend([None] * (parts - 1) + [TOO_OLD])
        if len(pictures) == 1:
            made.messenger.edits["1"].append(NO_TEXT)
        await made.retract("a")
        await made.rest(1)
        _, ids, part = made.messenger.edited[-1]
        assert (ids, part.text.text) == (("1",), NOTICE)
        assert [file.sha for file in part.media] == ["p"]
        assert part.media[0].ref, "nothing is uploaded anew"
        assert await ending(made) == (SENT, None, REPLACED_PICTURES_STAY)

    work(tmp_path, story)


def test_further_albums_stay_under_the_notice_and_the_ledger_says_so(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        pictures = tuple(f"p{n}" for n in range(12))
        await published(made, "Текст.", pictures)
        assert len(made.messenger.sent) == 2
        made.messenger.deletes["1"].extend([TOO_OLD, TOO_OLD])
        await made.retract("a")
        await made.rest(1)
        ((_, ids, part),) = made.messenger.edited
        assert (ids, part.text.text) == (("1",), NOTICE)
        assert await ending(made) == (SENT, None, REPLACED_PICTURES_STAY)

    work(tmp_path, story)


def test_an_album_that_stays_is_not_forgotten_over_what_went(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await published(made, LONG, tuple(f"p{n}" for n in range(12)))
        made.messenger.deletes["1"].extend([TOO_OLD, TOO_OLD])
        await made.retract("a")
        await made.rest(1)
        assert len(made.messenger.edited) == 1, "a text below the first album"
        assert await ending(made) == (SENT, None, REPLACED_PICTURES_STAY)

    work(tmp_path, story)


def test_where_albums_are_one_message_a_text_that_stays_is_no_picture(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await published(made, LONG)
        made.messenger.deletes["1"].append(TOO_OLD)
        made.messenger.edits["1"].append(NO_TEXT)
        await made.retract("a")
        await made.rest(1)
        assert await ending(made) == (REFUSED, Reason.BAD_CONTENT, NO_TEXT.text)

    work(tmp_path, story, KEYED)


def test_where_an_album_is_one_message_its_pictures_go_with_the_text(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await published(made, "Текст.", ("p", "q"))
        made.messenger.deletes["1"].append(TOO_OLD)
        await made.retract("a")
        await made.rest(1)
        ((_, ids, part),) = made.messenger.edited
        assert (ids, part.text.text, part.media) == (("1",), NOTICE, ())
        assert await ending(made) == (SENT, None, REPLACED)

    work(tmp_path, story, KEYED)


@pytest.mark.parametrize("answer", [Refused(Reason.TOO_OLD, "old"), NO_TEXT])
def test_what_can_neither_go_nor_change_is_not_called_taken_back(
    tmp_path: Path, answer: Refused
) -> None:
    async def story(made: Office) -> None:
        await published(made, LONG)
        parts = len(made.messenger.sent)
        made.messenger.deletes["1"].extend([None] * (parts - 1) + [TOO_OLD])
        made.messenger.edits["1"].append(answer)
        await made.retract("a")
        await made.rest(1)
        assert await ending(made) == (REFUSED, answer.reason, answer.text)
        assert len(made.messenger.deleted) == parts, "the other parts go all the same"

    work(tmp_path, story)


@pytest.mark.parametrize(
    "trouble",
    [
        Later(Reason.SERVER_ERROR, "502"),
        Later(Reason.THROTTLED, after_s=7, throttled=True),
        Unknown("no answer"),
        ValueError("a mistake of ours"),
    ],
)
@pytest.mark.parametrize("able", [PLAIN, KEYED])
def test_what_stops_half_way_is_done_to_the_end(
    tmp_path: Path, trouble: Outcome | Exception, able: object
) -> None:
    async def story(made: Office) -> None:
        await published(made, LONG)
        parts = len(made.messenger.sent)
        made.messenger.deletes["1"].extend([None, trouble])
        await made.retract("a")
        await made.rest(60)
        assert len(made.messenger.deleted) == 2 + parts
        assert await ending(made) == (SENT, None, DELETED)

    work(tmp_path, story, able)  # type: ignore[arg-type]


def test_a_kill_half_way_loses_nothing(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await published(made, LONG)
        parts = len(made.messenger.sent)
        made.messenger.deletes["1"].extend([None, asyncio.CancelledError()])
        await made.retract("a")
        await made.courier.round()
        await made.courier._air.empty()
        assert (await made.states())[-1] is DeliveryState.IN_FLIGHT
        await made.restart()
        await made.rest(60)
        assert len(made.messenger.deleted) == 2 + parts
        assert await ending(made) == (SENT, None, DELETED)
        assert len(made.messenger.sent) == parts, "a retraction sends nothing"

    work(tmp_path, story)


def test_a_retraction_waits_for_the_correction_in_the_air_and_has_the_last_word(
    tmp_path: Path,
) -> None:
    async def story(made: Office) -> None:
        await published(made)
        gate = asyncio.Event()
        made.messenger.on_edit = gate.wait
        made.messenger.edits["1"].append(Later(Reason.SERVER_ERROR))
        await made.correct("a", "Исправлено.")
        await made.courier.round()
        await made.retract("a")
        for _ in range(5):
            await made.courier.round()
            await asyncio.sleep(0.005)
        assert made.messenger.order[1:] == [("edit", "1")]
        gate.set()
        await made.rest(400, times=2)
        assert made.messenger.order[1:] == [("edit", "1"), ("delete", "1")]
        assert await made.states() == [SENT, CANCELLED, SENT]
        assert await made.open_waves() == 0

    work(tmp_path, story)


def test_a_correction_put_off_while_the_notice_is_written_does_not_return(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await published(made)

        async def taken_back() -> None:
            made.messenger.on_edit = None
            await made.retract("a")

        made.messenger.on_edit = taken_back
        made.messenger.edits["1"].append(Later(Reason.SERVER_ERROR))
        made.messenger.deletes["1"].extend([Later(Reason.SERVER_ERROR), TOO_OLD])
        await made.correct("a", "Исправлено.")
        await made.rest(400, times=3)
        assert made.messenger.edited[-1][2].text.text == NOTICE
        assert await made.states() == [SENT, CANCELLED, SENT]

    work(tmp_path, story)


@pytest.mark.parametrize("arrived", [True, False])
def test_of_a_create_in_doubt_the_owner_is_asked_first(tmp_path: Path, arrived: bool) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", ChatKind.CHANNEL)
        made.messenger.script["1"].append(Unknown())
        await made.take("a")
        await made.courier.drain()
        await made.retract("a")
        await made.rest(400)
        assert made.messenger.deleted == []
        assert await made.states() == [UNKNOWN, DeliveryState.PENDING]
        async with made.db.write() as connection:
            ((create,),) = list(
                await connection.execute(
                    tables.delivery.select().with_only_columns(_row.id).limit(1)
                )
            )
            if arrived:
                await outgoing.arrived(connection, create, made.clock.now())
            else:
                await outgoing.again(connection, create)
        await made.rest(1)
        if arrived:
            assert await ending(made) == (REFUSED, Reason.OTHER, NOT_KNOWN)
        else:
            assert made.messenger.deleted == [("1",)]
            assert await ending(made) == (SENT, None, DELETED)

    work(tmp_path, story)


def test_of_a_long_post_that_a_person_saw_what_is_known_goes_and_it_is_not_called_deleted(
    tmp_path: Path,
) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", ChatKind.CHANNEL)
        made.messenger.script["1"].extend([None, Unknown()])
        await made.take("a", LONG)
        await made.courier.drain()
        async with made.db.write() as connection:
            assert await outgoing.arrived(connection, 1, made.clock.now())
        await made.retract("a")
        await made.rest(60)
        assert made.messenger.deleted == [("1",)]
        assert await ending(made) == (REFUSED, Reason.OTHER, NOT_KNOWN)

    work(tmp_path, story)


def test_what_never_arrived_need_not_be_taken_back(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await published(made)
        await made.retract("a")
        async with made.db.write() as connection:
            await connection.execute(
                tables.delivery.update()
                .where(_row.of_id.is_(None))
                .values(state=int(REFUSED), message=None)
            )
        await made.rest(1)
        assert made.messenger.deleted == []
        assert await made.states() == [REFUSED, CANCELLED]
        assert await made.open_waves() == 0

    work(tmp_path, story)


@pytest.mark.parametrize("known", [True, False])
def test_in_a_group_that_moved_nobody_elses_messages_are_deleted(
    tmp_path: Path, known: bool
) -> None:
    async def story(made: Office) -> None:
        await made.chat("-1", ChatKind.GROUP)
        await made.take("a", LONG)
        await made.courier.drain()
        moved = Refused(Reason.MIGRATED, moved_to="-1007")
        if known:  # a later post has met the move already
            made.messenger.script["-1"].append(moved)
            await made.take("b")
        else:
            made.messenger.deletes["-1"].append(moved)
        await made.rest(1)
        await made.retract("a")
        await made.rest(60)
        assert ("delete", "-1007") not in made.messenger.order
        assert await ending(made) == (REFUSED, Reason.OTHER, NOT_KNOWN)

    work(tmp_path, story)


def test_a_stop_of_everything_lets_retractions_through(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await published(made)
        async with made.db.write() as connection:
            await insert(connection, tables.hold, scope=int(HoldScope.ALL), at=0)
        await made.retract("a")
        await made.rest(1)
        assert await ending(made) == (SENT, None, DELETED)

    work(tmp_path, story)


@pytest.mark.parametrize("able", [PLAIN, KEYED])
def test_urgent_news_get_every_second_slot_of_a_long_retraction(
    tmp_path: Path, able: object
) -> None:
    async def story(made: Office) -> None:
        for n in range(40):
            await made.chat(str(n))
        await made.take("a")
        await made.courier.drain()
        await made.retract("a")
        made.messenger.order.clear()
        await made.take("b", title="Молния: пожар")
        made.courier._air._most = 1  # one call after the other
        await made.courier.drain()
        first = [what for what, _ in made.messenger.order]
        assert first.count("send") == first.count("delete") == 40
        if able is PLAIN:
            assert 30 <= first[:60].count("send") <= 36, "half of the slots, and no more than that"
        else:
            assert first.index("send") < 13, "one call serves all of them, and it leaves at once"

    work(tmp_path, story, able)  # type: ignore[arg-type]


@pytest.mark.parametrize("able", [PLAIN, KEYED])
def test_one_urgent_post_waits_a_second_of_slots_at_most_behind_200_retractions(
    tmp_path: Path, able: object
) -> None:
    async def story(made: Office) -> None:
        for number in range(200):
            await made.chat(str(number))
        await made.take("a")
        await made.courier.drain()
        await made.retract("a")
        async with made.db.write() as connection:
            await connection.execute(tables.subscription.update().values(ended_at=1))
        await made.chat("urgent", ChatKind.CHANNEL)
        made.messenger.order.clear()
        made.messenger.pace = Pace(30, 1e6, 1000, 60_000)
        made.courier = made.remade()
        made.clock.set(made.clock.now(), frozen=True)

        async def pass_time() -> None:
            for tick in count():
                if tick == 200:
                    await made.take("b", title="Молния: пожар")
                    taken.append(len(made.messenger.order))
                await asyncio.sleep(0)
                for _ in range(20):  # a slow machine is given time while nobody waits for the clock
                    if made.clock._limits:
                        break
                    await asyncio.sleep(0.001)
                made.clock.advance(5)

        taken: list[int] = []
        time = asyncio.create_task(pass_time())
        while len(made.messenger.order) < 201:
            await made.courier.drain()
        time.cancel()
        (taken_at,) = taken
        assert made.messenger.order.index(("send", "urgent")) - taken_at <= 30, "a second of slots"
        assert len(made.messenger.order) == 201
        assert taken_at < 150, "the retractions were still under way"

    work(tmp_path, story, able)  # type: ignore[arg-type]


def test_a_wave_that_is_closed_is_told_to_those_who_report(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        reports = made.bell.on("reports")
        for name in ("1", "2"):
            await made.chat(name, ChatKind.CHANNEL)
        made.messenger.script["2"].append(Later(Reason.SERVER_ERROR))
        await made.take("a")
        await made.courier.drain()
        assert not reports.is_set(), "one of them still waits"
        await made.rest(60)
        assert reports.is_set()
        reports.clear()
        await made.retract("a")
        await made.rest(1)
        assert reports.is_set()

    work(tmp_path, story)


def test_a_chat_that_is_lost_closes_other_waves_too(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        reports = made.bell.on("reports")
        await made.chat("1", ChatKind.CHANNEL)
        second = await made.chat("2", ChatKind.CHANNEL)
        async with made.db.write() as connection:
            await insert(connection, tables.hold, scope=int(HoldScope.ALL), at=0)
        await made.take("a")
        async with made.db.write() as connection:
            await connection.execute(
                tables.subscription.update()
                .where(tables.subscription.c.chat_id == second)
                .values(ended_at=1)
            )
        await made.take("b")
        async with made.db.write() as connection:
            await connection.execute(tables.hold.update().values(lifted_at=1))
        made.messenger.script["1"].append(Refused(Reason.KICKED))
        made.messenger.script["2"].append(Later(Reason.SERVER_ERROR))
        await made.courier.drain()
        assert await made.states() == [REFUSED, DeliveryState.PENDING, REFUSED]
        assert await made.open_waves() == 1
        assert reports.is_set(), "the second post is done with"

    work(tmp_path, story)


def test_of_two_changes_of_one_message_the_retraction_goes_first_and_alone(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await published(made)
        await made.retract("a")
        await made.correct("a", "Исправлено.")
        async with made.db.read() as connection:
            found = await claims.claimable(
                connection, made.account, "alpha", made.clock.now() + 1, 10
            )
        assert [claim.wave_kind for claim in found] == [WaveKind.RETRACT]

    work(tmp_path, story)


def test_what_is_put_back_after_its_post_was_taken_back_leaves_no_wave_open(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        reports = made.bell.on("reports")
        for name in ("1", "2"):
            await made.chat(name)
        await made.take("a")
        errands = await made.courier._claiming.next()
        assert len(errands) == 2
        async with made.db.write() as connection:
            await connection.execute(tables.post.update().values(retracted_at=1))
        await made.courier._claiming.give_back(errands)
        assert await made.states() == [CANCELLED, CANCELLED]
        assert await made.open_waves() == 0
        assert reports.is_set()

    work(tmp_path, story)
