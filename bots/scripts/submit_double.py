"""The same thing submitted twice: «Это вы уже прислали», and what becomes of the second."""

from __future__ import annotations

from datetime import UTC, datetime

from bots.screens import Choice, Screen, shorten
from bots.scripts import submit_card as card
from bots.scripts import submit_edit as editing
from bots.turn import Turn
from core.words import SubmissionState
from newsroom import doubles
from newsroom.calendar import say_when
from newsroom.objection import Objection
from newsroom.zones import zone_of
from storage import people, posts, submissions
from storage.submissions import Submission

FIRST_WORDS = 120  # code points of what was submitted before


async def ask(turn: Turn, draft: Submission, like_post_id: int, *, anew: bool = False) -> None:
    """Ask what a draft is to what it looks like."""
    known = await submissions.get(turn.connection, like_post_id)
    assert known is not None
    before = await posts.latest_revision(turn.connection, like_post_id)
    words = shorten(" ".join((before.title or before.body.text).split()), FIRST_WORDS)
    when = await _when(turn, known)
    args = {"post": draft.post_id}
    rows: list[tuple[Choice, ...]] = []
    if known.author_id == turn.person_id:
        title = turn.say("double-own", when=when)
        rows += [
            (Choice(turn.say("double-replace"), "replace", args),),
            (Choice(turn.say("double-add"), "add", args),),
        ]
    else:
        title = turn.say("double-colleague", who=await _who(turn, known), when=when)
    rows += [
        (Choice(turn.say("double-other"), "other", args),),
        (Choice(turn.say("draft-discard"), "discard", args),),
    ]
    quoted = turn.say("double-words", words=words) if words else ""
    await card.put(turn, draft.post_id, Screen(turn.text(title, quoted), tuple(rows)), anew=anew)


async def _when(turn: Turn, known: Submission) -> str:
    zone = await zone_of(turn.connection, turn.settings.rules, known.organization_id)
    sent, now = (
        datetime.fromtimestamp(at / 1000, UTC).astimezone(zone)
        for at in (known.sent_at or turn.now, turn.now)
    )
    return say_when(sent, now)


async def _who(turn: Turn, known: Submission) -> str:
    if known.author_id is None:
        return turn.say("double-somebody")
    person = await people.get(turn.connection, known.author_id)
    return person.name or turn.say("double-somebody")


async def another(turn: Turn, draft: Submission) -> None:
    """Go on with a draft that is something else after all."""
    await doubles.is_another(turn.connection, draft)
    await card.show(turn, draft.post_id)


async def merge(turn: Turn, draft: Submission, *, replace: bool) -> None:
    """Put a draft into what was submitted before, as if the author had edited that."""
    try:
        post_id = await doubles.merge(turn.connection, draft, replace, turn.now)
    except Objection:
        # Withdrawn, or gone over to somebody else meanwhile: then it is news of its own.
        await doubles.is_another(turn.connection, draft)
        turn.answer(turn.say("double-gone"))
        await card.show(turn, draft.post_id)
        return
    known = await submissions.get(turn.connection, post_id)
    assert known is not None and known.state is SubmissionState.SENT
    await editing.renew(turn, post_id, asked=True)
    await card.retire(turn, draft.post_id, "double-merged", but=turn.pressed_message)
