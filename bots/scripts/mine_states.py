"""How what a person has submitted stands: in a word for the list, desk by desk on its own screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bots.screens import PAGE, Choice, Screen, shorten
from bots.scripts import mine_way as way
from bots.turn import Turn
from core.words import ReviewState, SubmissionState
from newsroom import drafts, retraction
from storage import organizations, reviews, submissions
from storage.reviews import Review
from storage.submissions import Submission

_LISTED = (SubmissionState.DRAFT, SubmissionState.SENT, SubmissionState.RETRACTED)
_UNDECIDED = (ReviewState.WAITING, ReviewState.OVERDUE)
_TITLE = 60  # code points in the list
_LABEL = 34  # on a button, behind its number


async def menu(turn: Turn, page: int = 0) -> None:
    """Show what the person has submitted and what is not finished, newest first."""
    found = await submissions.of_author(
        turn.connection, turn.person_id, _LISTED, limit=(page + 1) * PAGE + 1
    )
    shown, more = found[page * PAGE : (page + 1) * PAGE], len(found) > (page + 1) * PAGE
    if page and not shown:
        await menu(turn)
        return
    lines, rows = [], []
    for number, about in enumerate(shown, page * PAGE + 1):
        title = await title_of(turn, about)
        lines.append(f"{number}. {shorten(title, _TITLE)} — {await state(turn, about)}")
        args = {"post": about.post_id, "page": page}
        rows.append((Choice(f"{number}. {shorten(title, _LABEL)}", "one", args),))
    steps = [
        Choice(turn.say("back"), "menu", {"page": page - 1})
        if page
        else Choice(turn.say("back"), "menu", script="work")
    ]
    if more:
        steps.append(Choice(turn.say("further"), "menu", {"page": page + 1}))
    text = turn.text(
        turn.say("mine-title"), "\n".join(lines) or turn.say("mine-none"), turn.say("mine-new")
    )
    await turn.show(way.NAME, way.VERSION, Screen(text, (*rows, tuple(steps))))


async def one(turn: Turn, about: Submission, page: int) -> None:
    """Show how one of them stands, and what can be done with it."""
    args = {"post": about.post_id, "page": page}
    here = {"post": about.post_id, "back": way.pack(Choice("", "one", args, script=way.NAME))}
    rows: list[tuple[Choice, ...]] = []
    if about.state is SubmissionState.DRAFT:
        rows.append((Choice(turn.say("mine-open"), "card", here, script="submit"),))
    elif about.state is SubmissionState.SENT and about.public_revision_id is None:
        rows.append((Choice(turn.say("mine-withdraw"), "withdraw", args),))
    elif about.public_revision_id is not None:
        rows.append((Choice(turn.say("mine-where"), "where", here),))
        if await retraction.may_retract(turn.connection, turn.person_id, about.post_id):
            rows.append((Choice(turn.say("mine-retract"), "retract", here),))
    if about.sent_at is not None:
        rows.append((Choice(turn.say("mine-history"), "history", here),))
    rows.append((Choice(turn.say("back"), "menu", {"page": page}),))
    text = turn.text(
        turn.say("mine-number", number=about.post_id, title=await title_of(turn, about)),
        await state(turn, about, alone=True),
        "\n".join(await _desk_lines(turn, about)),
    )
    await turn.show(way.NAME, way.VERSION, Screen(text, tuple(rows)))


async def title_of(turn: Turn, about: Submission) -> str:
    """Return what a submission is called; a draft has only what its messages say."""
    if about.sent_at is not None:
        return await way.title_of(turn, about.post_id)
    content = await drafts.compose(turn.connection, about.post_id)
    said = content.title or content.body.text.strip().partition("\n")[0]
    return said or turn.say("mine-untitled")


async def state(turn: Turn, about: Submission, *, alone: bool = False) -> str:
    """Return how a submission stands in a few words; `alone` as a sentence of its own."""
    said = await _state(turn, about)
    return f"{said[:1].upper()}{said[1:]}." if alone else said


async def _state(turn: Turn, about: Submission) -> str:
    if about.state is not SubmissionState.SENT:
        return turn.say(_STATES[about.state])
    live = await _latest(turn, about.post_id)
    waiting = [one for one in live if one.state in _UNDECIDED]
    if about.public_revision_id is None:
        return await _not_out(turn, live, waiting)
    corrected = [one for one in waiting if one.correction]
    wider = [one for one in waiting if not one.correction]
    if corrected:
        return turn.say("mine-state-correcting", desk=await _desks(turn, corrected))
    if wider:
        return turn.say("mine-state-out-wider", desk=await _desks(turn, wider))
    return turn.say("mine-state-out")


async def _not_out(turn: Turn, live: Sequence[Review], waiting: Sequence[Review]) -> str:
    if any(one.state is ReviewState.OVERDUE for one in waiting):
        return turn.say("mine-state-overdue")
    if waiting:
        return turn.say("mine-state-waits", desk=await _desks(turn, waiting))
    for one in live:
        if one.state is ReviewState.APPROVED and one.publish_at is not None:
            return turn.say("mine-state-leaves", when=await _when(turn, one))
    for one in reversed(live):
        if one.state is ReviewState.RETURNED:
            return turn.say("mine-state-returned", desk=await _desks(turn, [one]))
        if one.state is ReviewState.REFUSED:
            return turn.say("mine-state-refused", desk=await _desks(turn, [one]))
    return turn.say("mine-state-sent")


_STATES: Mapping[SubmissionState, str] = {
    SubmissionState.DRAFT: "mine-state-draft",
    SubmissionState.DISCARDED: "mine-state-discarded",
    SubmissionState.RETRACTED: "mine-state-retracted",
}


async def _latest(turn: Turn, post_id: int) -> list[Review]:
    """Return the last word of each desk, the first asked first; what was called off says nothing."""
    last: dict[tuple[int, bool], Review] = {}
    for one in await reviews.of_post(turn.connection, post_id):
        if one.state is not ReviewState.CANCELLED:
            last[one.level, one.correction] = one
    return sorted(last.values(), key=lambda one: one.id)


async def _desk_lines(turn: Turn, about: Submission) -> list[str]:
    if about.state is SubmissionState.DRAFT:
        return []
    lines = []
    for one in await _latest(turn, about.post_id):
        desk = await _desks(turn, [one])
        line = await _decision(turn, one)
        key = "mine-desk-correction" if one.correction else "mine-desk"
        lines.append(turn.say(key, desk=desk, state=line))
        if one.reason and one.state in (ReviewState.RETURNED, ReviewState.REFUSED):
            lines.append(turn.say("mine-reason", reason=shorten(one.reason, 400)))
    return lines


async def _decision(turn: Turn, one: Review) -> str:
    match one.state:
        case ReviewState.WAITING:
            return turn.say("mine-decision-waits")
        case ReviewState.APPROVED if one.publish_at is not None:
            return turn.say("mine-decision-leaves", when=await _when(turn, one))
        case ReviewState.APPROVED:
            return turn.say("mine-decision-approved")
        case ReviewState.PUBLISHED:
            return turn.say("mine-decision-out")
        case ReviewState.RETURNED:
            return turn.say("mine-decision-returned")
        case ReviewState.REFUSED:
            return turn.say("mine-decision-refused")
        case _:
            return turn.say("mine-decision-overdue")


async def _desks(turn: Turn, asked: Sequence[Review]) -> str:
    names = []
    for one in asked:
        line = await organizations.line_up(turn.connection, one.organization_id)
        names.append(line[0].short)
    return ", ".join(dict.fromkeys(names))


async def _when(turn: Turn, one: Review) -> str:
    assert one.publish_at is not None
    return way.moment(one.publish_at, await way.zone(turn, one.organization_id))
