"""From a card to the desk: what is missing is asked, the exact preview is shown, «Отправить»."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from bots import objections, preview
from bots.screens import Choice, Screen
from bots.scripts import review as review_script
from bots.scripts import submit_card as card
from bots.scripts import submit_pictured as pictured
from bots.turn import Turn
from core import richtext
from core.words import Pictured, Reach, ReviewState
from newsroom import access, drafts
from newsroom import reviews as desk
from newsroom.objection import Objection, Why
from newsroom.rewrite import Content
from storage import organizations, people, reviews
from storage.reviews import Review
from storage.submissions import Submission

LOOKS = 3  # different ways to look that are shown at once


def seen(draft: Submission, content: Content) -> str:
    """Return by what it is known that a draft is still the one that was shown."""
    told = [
        draft.organization_id,
        draft.rubric_id,
        int(draft.reach),
        draft.due_at,
        content.title,
        richtext.to_json(content.body),
        content.pictures,
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


async def advance(turn: Turn, post_id: int, *, shown: str = "", later: bool = False) -> None:
    """Go on towards sending: one question for each thing that is missing, then the preview.

    `shown` is what the author has seen the preview of, `later` leaves the parents' consent to the moderator.
    """
    draft = await card.own_draft(turn, post_id)
    content = await drafts.compose(turn.connection, post_id)
    try:
        await drafts.ready(turn.connection, draft, content, turn.now)
    except Objection as objection:
        if objection.why is Why.PICTURED:
            await pictured.ask(turn, draft, "send")
        else:
            await card.show(turn, post_id, objections.sentence(turn, objection))
        return
    children = draft.pictured is Pictured.CHILDREN and bool(content.pictures)
    if children and not draft.consent_place and not later:
        await pictured.ask_place(turn, draft, "send")
        return
    await look(turn, draft, content, fresh=shown != seen(draft, content))


async def look(
    turn: Turn, draft: Submission, content: Content, *, fresh: bool = True, rest: bool = False
) -> None:
    """Show exactly what people will see, and below it who they are, who decides, and «Отправить»."""
    views, audience = await preview.views(
        turn, content, draft.organization_id, draft.rubric_id, draft.reach
    )
    if fresh:
        await preview.show(turn, views[LOOKS:] if rest else views[:LOOKS], of=len(views))
    args = {"post": draft.post_id, "seen": seen(draft, content)}
    rows = [(Choice(turn.say("draft-send"), "submit", args),)]
    if len(views) > LOOKS and not rest:
        label = turn.say("preview-rest", count=len(views) - LOOKS)
        rows.append((Choice(label, "look-rest", args),))
    rows.append((Choice(turn.say("preview-back"), "card", args),))
    found = await organizations.line_up(turn.connection, draft.organization_id)
    when = "" if draft.due_at is None else await card.moment_words(turn, draft)
    text = turn.text(
        turn.say("preview-title", name=found[0].short),
        turn.say("preview-below") if fresh else "",
        preview.audience_lines(turn, audience),
        await _who_decides(turn, draft),
        turn.say("draft-when", moment=when) if when else "",
    )
    await card.put(turn, draft.post_id, Screen(text, tuple(rows)), anew=fresh)


async def _who_decides(turn: Turn, draft: Submission) -> str:
    levels = [Reach.OWN] if draft.reach is Reach.OWN else [Reach.OWN, draft.reach]
    names = []
    for level in levels:
        desk_id = await access.desk_for(turn.connection, draft.organization_id, level)
        if await desk.needed_at(turn.connection, turn.settings.rules, desk_id, level):
            names += [one.short for one in await organizations.named(turn.connection, [desk_id])]
    if not names:
        return turn.say("preview-decides-nobody")
    return turn.say(
        "preview-decides", names=turn.say("preview-decides-then").join(dict.fromkeys(names))
    )


async def submit(turn: Turn, post_id: int, shown: str) -> None:
    """Submit the draft that was previewed; another one is shown again first."""
    draft = await card.own_draft(turn, post_id)
    content = await drafts.compose(turn.connection, post_id)
    if shown != seen(draft, content):
        turn.answer(turn.say("draft-changed"))
        await card.show(turn, post_id)
        return
    try:
        sent = await drafts.send(
            turn.connection, turn.settings.rules, post_id, turn.person_id, turn.now
        )
    except Objection as objection:
        await card.show(turn, post_id, objections.sentence(turn, objection))
        return
    turn.ring("publisher", "plans")
    found = await reviews.of_post(turn.connection, post_id)
    await accepted(turn, turn.say("accepted-title"), found)
    await card.retire(turn, post_id, "draft-sent", but=turn.pressed_message)
    for one in found:
        if one.id == sent.id or one.state is ReviewState.WAITING:
            await review_script.lay_before(turn, one)


async def accepted(turn: Turn, title: str, laid: Sequence[Review]) -> None:
    """Say that something was taken and who decides, or that it goes out by itself and can be undone."""
    going = [one for one in laid if one.state is ReviewState.APPROVED]
    waiting = [one for one in laid if one.state in (ReviewState.WAITING, ReviewState.OVERDUE)]
    lines, rows = [], []
    for one in going[:1]:
        lines.append(await _going(turn, one))
        rows.append(
            (Choice(turn.say("accepted-undo"), "undo-own", {"review": one.id}, script="review"),)
        )
    if waiting:
        draft = await card.own_draft(turn, waiting[0].post_id)
        key = "accepted-youth" if access.plans(draft.role) else "accepted-decide"
        lines.append(turn.say(key, names=await _desks(turn, waiting)))
    unjudged = [
        one for one in waiting if not await access.judges(turn.connection, one.organization_id)
    ]
    if unjudged:
        await _call_administrators(turn, await _desks(turn, unjudged))
    rows.append((Choice(turn.say("menu-mine"), "menu", script="mine"),))
    await turn.show(card.NAME, card.VERSION, Screen(turn.text(title, *lines), tuple(rows)))


async def _going(turn: Turn, one: Review) -> str:
    draft = await card.own_draft(turn, one.post_id)
    if one.publish_at is not None and one.publish_at > turn.now + desk.UNDO_MS:
        return turn.say("accepted-planned", moment=await card.moment_words(turn, draft))
    return turn.say("accepted-soon")


async def _desks(turn: Turn, laid: Sequence[Review]) -> str:
    ids = dict.fromkeys(one.organization_id for one in laid)
    names = [one.short for one in await organizations.named(turn.connection, ids)]
    return ", ".join(names)


async def _call_administrators(turn: Turn, names: str) -> None:
    """Tell the network's administrators that a desk has nobody to decide."""
    for person_id in await people.having(turn.connection, turn.settings.administrators):
        other = await turn.with_person(person_id)
        if other is not None and person_id != turn.person_id:
            title = other.say("nobody-decides-title", names=names)
            await other.tell(other.text(title, other.say("nobody-decides-text")))
