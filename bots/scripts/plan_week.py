"""«Утвердить всю неделю»: what waits is listed, and each text that was listed is approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from bots.screens import Choice, Screen
from bots.scripts import plan_words as words
from bots.scripts import review, review_case, review_spread, review_told
from bots.scripts.plan_words import NAME, VERSION
from bots.turn import Refused, Turn
from core.words import ReviewState
from newsroom import access, reviews, timetable
from newsroom.objection import Objection, Why
from newsroom.timetable import Planned, Standing
from newsroom.zones import zone_of
from storage import reviews as rows
from storage import submissions
from storage.reviews import Review

_AT_ONCE = 30  # approved together: all of them are listed
_BUTTONS = 6  # that lead to a card


async def open_to(turn: Turn, found: Sequence[Planned]) -> list[Planned]:
    """Return which of these plans the person can approve now."""
    result = []
    for one in found:
        if one.standing is not Standing.WAITING or (one.about.due_at or 0) <= turn.now:
            continue
        assert one.review is not None
        desk = one.review.organization_id
        if not await access.may_judge(turn.connection, turn.person_id, desk):
            continue
        if turn.person_id not in await reviews.agreed(turn.connection, one.review):
            result.append(one)
    return result


async def _waiting(turn: Turn, first: date) -> list[Planned]:
    councils = await timetable.councils(turn.connection, turn.person_id)
    if not councils:
        raise Refused("no planning role")
    where = await zone_of(turn.connection, turn.settings.rules, councils[0].id)
    start = words.midnight(first, where)
    end = words.midnight(first + timedelta(days=7), where)
    ids = [one.id for one in councils]
    return await open_to(turn, await timetable.planned(turn.connection, ids, start, end))


async def ask(turn: Turn, first: date, remark: str = "") -> None:
    """Show what would be approved, each with its moment, and what has to be left out."""
    found = (await _waiting(turn, first))[:_AT_ONCE]
    ready: list[Planned] = []
    without: list[Planned] = []
    for one in found:
        assert one.review is not None
        lacks = await reviews.lacks_consent(turn.connection, one.about, one.review.revision_id)
        (without if lacks else ready).append(one)
    lines = [f"• {await _line(turn, one)}" for one in ready]
    left_out = [turn.say("plan-without-consent", entry=await _line(turn, one)) for one in without]
    rows_: list[tuple[Choice, ...]] = []
    if ready:
        # What is approved is what is listed here: the text and the moment.
        pairs = [
            [one.review.id, one.review.revision_id, one.about.due_at]
            for one in ready
            if one.review is not None
        ]
        args = {"from": first.isoformat(), "pairs": pairs}
        label = turn.say("plan-approve-all", count=len(ready))
        rows_.append((Choice(label, "approve-all", args),))
    for one in [*without, *ready][:_BUTTONS]:
        assert one.review is not None
        to = {"review": one.review.id}
        label = turn.say("plan-open", title=words.title(one.revision))
        rows_.append((Choice(label, "open", to, script=review.NAME),))
    rows_.append((Choice(turn.say("back"), "week", {"from": first.isoformat()}),))
    text = turn.text(
        turn.say("plan-approve-title"),
        remark,
        "\n".join(lines) or ("" if remark else turn.say("plan-approve-nothing")),
        "\n".join(left_out),
    )
    await turn.show(NAME, VERSION, Screen(text, tuple(rows_)))


async def _line(turn: Turn, one: Planned) -> str:
    assert one.about.due_at is not None
    where = await words.zone(turn, one.about)
    said = review_case.moment(turn, one.about.due_at, where)
    return turn.say("plan-approve-line", when=said, title=words.title(one.revision))


async def approve(turn: Turn, args: Mapping[str, Any]) -> None:
    """Approve each text that was listed; what changed meanwhile is left out and named."""
    listed = []
    for review_id, revision_id, due_at in args["pairs"]:
        one = await rows.get(turn.connection, review_id)
        if one is None:
            raise Refused("unknown review")
        # Looked at before the first is approved: who may not decide changes nothing at all.
        if not await access.may_judge(turn.connection, turn.person_id, one.organization_id):
            raise Refused("may not decide here")
        listed.append((one, revision_id, due_at))
    done, left_out = 0, []
    for one, revision_id, due_at in listed:
        try:
            await _approve(turn, one, revision_id, due_at)
            done += 1
        except Objection as objection:
            about = await submissions.get(turn.connection, one.post_id)
            assert about is not None
            called = words.title((await timetable.read(turn.connection, about)).revision)
            why = await words.objection(turn, objection, one.post_id)
            left_out.append(turn.say("plan-left-out", title=called, why=why))
    turn.ring("publisher", "plans")
    remark = "\n".join([turn.say("plan-approved-count", count=done), *left_out])
    await ask(turn, date.fromisoformat(args["from"]), remark)


async def _approve(turn: Turn, before: Review, revision_id: int, due_at: int) -> None:
    connection, rules = turn.connection, turn.settings.rules
    about = await submissions.get(connection, before.post_id)
    if before.state is ReviewState.CANCELLED or about is None:
        raise Objection(Why.GONE)
    if before.state is ReviewState.OVERDUE:
        raise Objection(Why.PASSED)
    if about.due_at != due_at:
        raise Objection(Why.CHANGED)
    done = await reviews.approve(
        connection, rules, before.id, turn.person_id, revision_id, turn.now
    )
    await review.refresh(turn, done.id)
    if done.state is not ReviewState.APPROVED:
        return
    following = await review_spread.following(turn, done)
    case = await review_case.load(turn, done)
    farther = None if following is None else await review_case.load(turn, following)
    await review_told.approved(turn, case, farther)
    if following is not None:
        await review_spread.lay(turn, following)
