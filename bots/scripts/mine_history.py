"""«История»: who did what with a post and when, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bots.screens import Choice, Screen, shorten
from bots.scripts import mine_report as report
from bots.scripts import mine_way as way
from bots.scripts.mine_tally import COUNTED, How
from bots.turn import Turn
from core.words import Reach, ReviewState, SubmissionState
from newsroom import access, retraction
from storage import journal, organizations, reports, reviews, submissions
from storage.journal import Entry
from storage.posts import PostRow
from storage.reviews import Review

_LINES = 20
_REASON = 100  # code points

# What the journal writes, in words; whatever else it writes is not for people.
_ACTIONS: Mapping[str, str] = {
    "post.submitted": "history-submitted",
    "post.changed": "history-changed",
    "post.withdrawn": "history-withdrawn",
    "post.consent": "history-consent",
    "post.held": "history-held",
    "post.corrected": "history-corrected",
    "post.overdue": "history-overdue",
    "post.resent": "history-resent",
    "post.retracted": "history-retracted",
    "submission.replaced": "history-replaced",
    "submission.added": "history-added",
    "review.taken": "history-taken",
    "review.approved": "history-approved",
    "review.undone": "history-undone",
    "review.returned": "history-returned",
    "review.refused": "history-refused",
    "review.edited": "history-edited",
    "plan.moved": "history-plan-moved",
    "plan.limited": "history-plan-limited",
    "plan.called-off": "history-called-off",
    "plan.lapsed": "history-lapsed",
}
_LEVELS: Mapping[Reach, str] = {
    Reach.OWN: "history-published-own",
    Reach.TERRITORY: "history-published-territory",
    Reach.REGION: "history-published-region",
}


async def show(turn: Turn, post: PostRow, back: Choice) -> None:
    """Show the story of a post, and what can be done with it."""
    here = Choice("", "history", {"post": post.id, "back": way.pack(back)}, script=way.NAME)
    args = {"post": post.id, "back": way.pack(here)}
    out = (await report.counted(turn, post)).many(*How) > 0
    rows: list[tuple[Choice, ...]] = []
    if out:
        rows.append((Choice(turn.say("mine-where"), "where", args),))
    if await retraction.may_retract(turn.connection, turn.person_id, post.id):
        rows.append((Choice(turn.say("mine-retract"), "retract", args),))
    title = turn.say("mine-number", number=post.id, title=await way.title_of(turn, post.id))
    lines = await _lines(turn, post)
    text = turn.text(
        title,
        "\n".join(lines) if lines else turn.say("history-nothing"),
        await _summary(turn, post) if out else "",
    )
    await turn.show(way.NAME, way.VERSION, Screen(text, (*rows, (back,))))


async def by_command(turn: Turn, said: str) -> None:
    """Show the story of the post that a command names, or of the latest."""
    # Behind the command's own name, which may hold digits.
    number = re.search(r"\d{1,15}", said.partition(" ")[2])
    post_id = int(number[0]) if number else await _latest(turn)
    back = Choice(turn.say("back"), "menu", script="work")
    if post_id is None:
        text = turn.text(None, turn.say("history-none"))
        await turn.show(way.NAME, way.VERSION, Screen(text, ((back,),)))
        return
    post = await way.visible(turn, post_id)
    if post is None:
        # The same words for a post of others and for none: numbers tell nothing.
        text = turn.text(None, turn.say("history-not-yours"))
        await turn.show(way.NAME, way.VERSION, Screen(text, ((back,),)))
        return
    await show(turn, post, back)


async def _latest(turn: Turn) -> int | None:
    """Return the person's newest post, for a moderator the one decided last."""
    states = (SubmissionState.SENT, SubmissionState.RETRACTED)
    own = await submissions.of_author(turn.connection, turn.person_id, states, limit=1)
    if own:
        return own[0].post_id
    desks = await access.desks_of(turn.connection, turn.person_id)
    return await reviews.last_decided(turn.connection, desks)


async def _summary(turn: Turn, post: PostRow) -> str:
    found = await report.counted(turn, post)
    values = {"done": found.many(How.DONE), "total": found.many(*COUNTED)}
    if post.retracted_at is not None:
        return turn.say("report-taken", **values)
    return turn.say("report-sent", **values) if values["total"] else turn.say("report-sent-none")


async def _lines(turn: Turn, post: PostRow) -> list[str]:
    entries = await journal.about(turn.connection, [f"post:{post.id}"])
    asked = await reviews.of_post(turn.connection, post.id)
    numbers = await reports.revision_numbers(turn.connection, post.id)
    zone = await way.zone(turn, post.organization_id)
    lines = []
    for entry in entries:
        what = await _what(turn, entry, asked, numbers)
        if what is None:
            continue
        parts = [way.moment(entry.at, zone), what]
        if entry.person_id is not None:
            parts.append(await way.name_of(turn, entry.person_id))
        lines.append(" · ".join(parts))
    return lines if len(lines) <= _LINES else ["…", *lines[-_LINES:]]


async def _what(
    turn: Turn, entry: Entry, asked: list[Review], numbers: Mapping[int, int]
) -> str | None:
    if entry.action == "post.published":
        key = _LEVELS[Reach(entry.detail.get("level", Reach.OWN))]
        return turn.say(key)
    known = _ACTIONS.get(entry.action)
    if known is None:
        return None
    said = turn.say(known)
    if entry.action.startswith("review."):
        said += await _about_review(turn, entry, asked, numbers)
    reason = entry.detail.get("reason") or _reason(entry, asked)
    return turn.say("history-why", what=said, reason=shorten(reason, _REASON)) if reason else said


async def _about_review(
    turn: Turn, entry: Entry, asked: list[Review], numbers: Mapping[int, int]
) -> str:
    """Return which revision, and whose desk decided."""
    said = ""
    number = numbers.get(entry.detail.get("revision", 0))
    if number is not None and entry.action == "review.approved":
        said = turn.say("history-revision", number=number)
    desk = next((one for one in asked if one.level == entry.detail.get("level")), None)
    if desk is None:
        return said
    line = await organizations.line_up(turn.connection, desk.organization_id)
    return said + turn.say("history-desk", desk=line[0].short)


def _reason(entry: Entry, asked: list[Review]) -> str:
    """Return why a desk returned or refused: its review keeps the words."""
    states = {"review.returned": ReviewState.RETURNED, "review.refused": ReviewState.REFUSED}
    for one in asked:
        if one.state is states.get(entry.action) and one.decided_at == entry.at:
            return one.reason or ""
    return ""
