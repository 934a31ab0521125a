"""What must hold of a post whatever failed: the ledger, the sandbox's log and what people see, compared."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from core.words import ChatKind, DeliveryState, WaveKind
from newsroom.correcting import HEADING
from newsroom.reasons import DELETED, NUMBERS_NOT_KNOWN, REPLIED
from storage import showing, tables
from tests.journeys.life import MORE, PARAGRAPHS, Life, Place, Street

SENT, REFUSED, UNKNOWN = DeliveryState.SENT, DeliveryState.REFUSED, DeliveryState.UNKNOWN
_CREATES = ("sendmessage", "sendphoto", "sendmediagroup", "messages.send", "wall.post")


async def after_sending(made: Street, life: Life, *, may_refuse: bool) -> None:
    """Check that each place has the post once, or that it is written down why not."""
    rows = await made.deliveries(life, WaveKind.CREATE)
    assert set(rows) == set(made.places), "planned for every place"
    for place, row in rows.items():
        state = DeliveryState(row.state)
        allowed = {SENT, REFUSED} if may_refuse else {SENT}
        if place.kind is ChatKind.CHANNEL:
            allowed = allowed | {UNKNOWN}
        assert state in allowed, _where(place, row)
        if state is REFUSED:
            assert row.reason, _where(place, row)
        await _stands_once(made, life, place, row, PARAGRAPHS, row.doubt)
    _of_one_call([place for place, row in rows.items() if DeliveryState(row.state) is REFUSED])
    await _calls_fit(made, life, rows)


async def after_correcting(made: Street, life: Life, *, may_refuse: bool) -> None:
    """Check that what is out says what is right now, as often as before."""
    creates = await made.deliveries(life, WaveKind.CREATE)
    amends = await made.deliveries(life, WaveKind.AMEND)
    refused: list[Place] = []
    for place, row in creates.items():
        amend = amends.get(place)
        if amend is not None and amend.detail == NUMBERS_NOT_KNOWN:
            continue  # of a part that the owner saw nobody knows the number
        paragraphs = MORE if _done(amend) else PARAGRAPHS
        if amend is not None and amend.detail == REPLIED:
            refused.append(place)
            await _stands_beside(made, life, place)
            continue
        # The part that an amend adds goes by the same rules.
        doubted = row.doubt or bool(amend and amend.doubt)
        await _stands_once(made, life, place, row, paragraphs, doubted)
        if not _done(amend):
            refused.append(place)
            continue
        text = await _text(made, life, place)
        missing = [n for n in range(MORE) if f"{life.paragraph(n)} Стало" not in text]
        assert not missing, (_where(place, row), missing)
        # A copy that nobody heard of stays as it was.
        if not row.doubt and place not in life.sent_again:
            assert "Было" not in text, _where(place, row)
    assert may_refuse or not refused, (refused, creates, amends)
    _of_one_call(refused)
    await _calls_fit(made, life, creates)


async def before_taking_back(made: Street, life: Life) -> dict[Place, int]:
    """Return how many messages of each place the ledger does not know: copies nobody heard of."""
    rows = await made.deliveries(life, WaveKind.CREATE)
    unheard: dict[Place, int] = {}
    for place, row in rows.items():
        async with made.looking.read() as connection:
            parts = await showing.messages_of(connection, row.id)
        known = sum(bool(message) for part in parts for message in part)
        unheard[place] = len(await made.new(life, place)) - known
        amend = (await made.deliveries(life, WaveKind.AMEND)).get(place)
        doubtful = row.doubt or (amend and amend.doubt) or place in life.sent_again
        if place.has_key or not doubtful:
            assert unheard[place] == 0, _where(place, row)
    return unheard


async def after_taking_back(
    made: Street, life: Life, unheard: dict[Place, int], *, may_refuse: bool
) -> None:
    """Check that nothing is left but what nobody heard of, and what could not be deleted."""
    refused: list[Place] = []
    for place, row in (await made.deliveries(life, WaveKind.RETRACT)).items():
        left = await made.new(life, place)
        if DeliveryState(row.state) is SENT and row.detail == DELETED:
            assert len(left) == unheard[place], (_where(place, row), [m["text"] for m in left])
        elif not unheard[place]:
            assert may_refuse, _where(place, row)
            refused.append(place)
            if DeliveryState(row.state) is SENT:  # a notice stands there
                text = await _text(made, life, place)
                assert not any(life.paragraph(n) in text for n in range(MORE)), (place, text)
    _of_one_call(refused)


async def nothing_sticks(made: Street) -> None:
    """Check that no row is in the air and no wave is open in which nothing waits."""
    assert await made.rows(sa.select(tables.delivery).where(tables.delivery.c.state == 2)) == []
    assert await made.rows(sa.select(tables.reply).where(tables.reply.c.state == 2)) == []
    assert await made.rows(sa.select(tables.wave).where(tables.wave.c.open)) == []


def _of_one_call(places: list[Place]) -> None:
    """Check that one refused call explains why these differ: it was for one place, or for dialogs at once."""
    packed = all(place.has_key and place.kind is ChatKind.PRIVATE for place in places)
    assert len(places) <= 1 or packed, places


async def _text(made: Street, life: Life, place: Place) -> str:
    return "\n".join(m["text"] for m in await made.new(life, place))


async def _stands_beside(made: Street, life: Life, place: Place) -> None:
    """Check that one note says the whole new text once, after a post of which something could not be edited."""
    old, *notes = (await _text(made, life, place)).split(HEADING)
    assert len(notes) == 1, (place, len(notes))
    firsts = [notes[0].find(f"{life.paragraph(n)} Стало") for n in range(MORE)]
    assert min(firsts) >= 0 and all(a < b for a, b in pairwise(firsts)), (place, firsts)
    assert max(notes[0].count(life.paragraph(n)) for n in range(MORE)) == 1, place
    # Where its parts end has moved in those that were edited before one was not.
    assert max(old.count(life.paragraph(n)) for n in range(MORE)) == 1, place
    assert "Было" in old, (place, "the note was not needed")


async def _stands_once(
    made: Street, life: Life, place: Place, row: Any, paragraphs: int, doubted: bool
) -> None:
    text = await _text(made, life, place)
    counts = [text.count(life.paragraph(n)) for n in range(paragraphs)]
    # Where there is no key one repeat in a dialog is the rule; else nobody reads a thing twice.
    repeated = place.kind is ChatKind.PRIVATE and not place.has_key and doubted
    most = 2 if repeated or place in life.sent_again else 1
    assert max(counts) <= most, (_where(place, row), counts)
    if DeliveryState(row.state) is SENT:
        assert min(counts) >= 1, (_where(place, row), counts)
    firsts = [text.find(life.paragraph(n)) for n, count in enumerate(counts) if count]
    assert all(a < b for a, b in pairwise(firsts)), (_where(place, row), firsts)


async def _calls_fit(made: Street, life: Life, rows: dict[Place, Any]) -> None:
    """Compare the log with the ledger: nothing made that no row knows of, nothing early, no key twice."""
    made_at: dict[tuple[str, str], list[dict[str, Any]]] = {}
    keys: Counter[tuple[str, str]] = Counter()
    for call in await made.calls(life):
        if not call["effect"] or call["method"].lower() not in _CREATES:
            continue
        for chat in call["chats"]:
            made_at.setdefault((call["network"], chat), []).append(call)
            if call["network"] == "vk":
                keys[chat, str(call["key"])] += 1
    assert all(times == 1 for times in keys.values()), keys
    known = {(place.network, place.external): row for place, row in rows.items()}
    assert set(made_at) <= set(known), "only to those it was planned for"
    for where, calls in made_at.items():
        row = known[where]
        assert DeliveryState(row.state) in (SENT, UNKNOWN, REFUSED), where
        assert min(call["at"] for call in calls) * 1000 >= row.due_at - 1, "before its time"
    for where, row in known.items():
        if DeliveryState(row.state) is SENT:
            assert where in made_at, f"{where} is called sent, but nothing was"


def _done(amend: Any) -> bool:
    return amend is not None and DeliveryState(amend.state) is SENT


def _where(place: Place, row: Any) -> tuple[Any, ...]:
    state = DeliveryState(row.state).name
    return (
        place.network,
        place.kind.name,
        place.external,
        state,
        row.reason,
        row.detail,
        row.doubt,
    )
