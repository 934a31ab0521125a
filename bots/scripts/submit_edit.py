"""An author edits an own message: the draft changes, the desks decide anew, what is out gets a correction."""

from __future__ import annotations

import hashlib
import json

from bots import objections
from bots.screens import Choice, Screen
from bots.scripts import review as review_script
from bots.scripts import submit_card as card
from bots.scripts import submit_pictured as pictured
from bots.scripts import submit_send as sending
from bots.turn import Turn
from core import richtext
from core.richtext import join, plain
from core.words import ReviewState, SubmissionState
from newsroom import drafts, gathering
from newsroom.difference import difference
from newsroom.drafts import Renewed
from newsroom.objection import Objection, Why
from newsroom.rewrite import Content
from storage import manuscripts, reviews, submissions

_Standing = dict[int, tuple[ReviewState, int]]

_ENDED = {
    SubmissionState.DISCARDED: "edit-discarded",
    SubmissionState.RETRACTED: "edit-retracted",
}


async def edited(turn: Turn) -> None:
    """Take an author's edit of an own message, if it is one of a submission."""
    here = turn.incoming
    if here is None or here.message is None:
        return
    known = await manuscripts.find(turn.connection, turn.chat.id, here.message)
    about = None if known is None else await submissions.get(turn.connection, known.post_id)
    if known is None or about is None or about.author_id != turn.person_id:
        return
    refs = [one.ref for one in gathering.attachments(here)]
    if known.text == here.text and refs == await manuscripts.refs(turn.connection, known.id):
        return  # the messenger tells of an edit when a link got its picture, too
    if about.state in _ENDED:
        await turn.tell(turn.text(None, turn.say(_ENDED[about.state])))
    elif not await drafts.may_write(turn.connection, about):
        await turn.tell(turn.text(None, turn.say("edit-no-role")))
    else:
        await gathering.change(turn.connection, known, here, turn.now)
        # The watch goes on with it: files may have to be fetched, other messages may be edited too.
        turn.ring("downloads", "drafts")


async def renew(turn: Turn, post_id: int, *, asked: bool = False) -> None:
    """Lay what the author's messages say now before the desks; `asked` says so when nothing is new."""
    before = await _standing(turn, post_id)
    try:
        done = await drafts.renew(turn.connection, turn.settings.rules, post_id, turn.now)
    except Objection as objection:
        await _object(turn, post_id, objection)
        return
    if done.offer:
        await _offer(turn, post_id, done)
    elif done.revision_id is not None:
        await _laid(turn, post_id, done, before)
    elif asked:
        await _say(turn, post_id, turn.say("edit-nothing-new"))


async def correct(turn: Turn, post_id: int, shown: str) -> None:
    """Ask the desk to correct what is out, in the words that were shown."""
    await card.own_draft(turn, post_id)
    if shown != _seen(await drafts.compose(turn.connection, post_id)):
        await renew(turn, post_id, asked=True)
        return
    before = await _standing(turn, post_id)
    try:
        done = await drafts.renew(
            turn.connection, turn.settings.rules, post_id, turn.now, correct=True
        )
    except Objection as objection:
        await _object(turn, post_id, objection)
        return
    if done.revision_id is None:
        await _say(turn, post_id, turn.say("edit-nothing-new"))
    else:
        await _laid(turn, post_id, done, before)


async def leave(turn: Turn, post_id: int) -> None:
    """Leave what is out as it is."""
    await card.own_draft(turn, post_id)
    await _say(turn, post_id, turn.say("correction-left"))


async def _object(turn: Turn, post_id: int, objection: Objection) -> None:
    if objection.why is Why.PICTURED:
        about = await card.own_draft(turn, post_id)
        await pictured.ask(turn, about, "renew")
        return
    # What the moderators have stays as it was.
    await _say(turn, post_id, objections.sentence(turn, objection), turn.say("edit-kept"))


async def _say(turn: Turn, post_id: int, *lines: str) -> None:
    await card.put(turn, post_id, Screen(turn.text(None, *lines)))


async def _offer(turn: Turn, post_id: int, done: Renewed) -> None:
    assert done.before is not None and done.after is not None
    args = {"post": post_id, "seen": _seen(done.after)}
    rows = (
        (Choice(turn.say("correction-yes"), "correct", args),),
        (Choice(turn.say("correction-no"), "leave", {"post": post_id}),),
    )
    text = join(
        [
            turn.text(turn.say("correction-title")),
            difference(done.before, done.after),
            plain(turn.say("correction-text")),
        ],
        "\n\n",
    )
    await card.put(turn, post_id, Screen(text, rows))


def _seen(content: Content) -> str:
    told = [content.title, richtext.to_json(content.body), content.pictures]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


async def _laid(turn: Turn, post_id: int, done: Renewed, before: _Standing) -> None:
    """Tell the author and everybody who decides what became of an edit."""
    turn.ring("publisher", "plans")
    if not done.reviews:
        await _say(turn, post_id, turn.say("edit-decided"))
        return
    now = await reviews.of_post(turn.connection, post_id)
    ids = {one.id for one in done.reviews}
    about_it = [one for one in now if one.id in ids or one.id not in before]
    title = turn.say("correction-taken" if done.reviews[0].correction else "edit-taken")
    await sending.accepted(turn, title, about_it)
    await card.retire(turn, post_id, "draft-below", but=turn.pressed_message)
    for one in now:
        if one.id not in before:
            await review_script.lay_before(turn, one)
        elif before[one.id] != (one.state, one.revision_id):
            await review_script.refresh(turn, one.id)


async def _standing(turn: Turn, post_id: int) -> _Standing:
    """Return how the reviews of a post stand: their states, and the revisions they are about."""
    found = await reviews.of_post(turn.connection, post_id)
    return {one.id: (one.state, one.revision_id) for one in found}
