"""«Ждёт решения»: what lies before the desks at which a person decides, oldest first."""

from __future__ import annotations

from dataclasses import replace

from bots.screens import PAGE, Choice, Screen, page_of
from bots.scripts.review_case import NAME, VERSION, title_of
from bots.turn import Turn
from core.words import ReviewState
from newsroom import access, drafts
from storage import posts
from storage import reviews as rows
from storage.reviews import Review

_MINUTE_MS = 60_000
_HOUR_MS = 60 * _MINUTE_MS
_DAY_MS = 24 * _HOUR_MS


async def show(turn: Turn, page: int) -> None:
    """Show a page of what waits; a press opens it with its preview."""
    back = Choice(turn.say("back"), "menu", script="work")
    desks = await access.desks_of(turn.connection, turn.person_id)
    if not desks:
        text = turn.text(turn.say("queue-title"), turn.say("queue-not-yours"))
        await turn.show(NAME, VERSION, Screen(text, ((back,),)))
        return
    waiting = await rows.waiting_at(turn.connection, desks)
    if not waiting:
        text = turn.text(turn.say("queue-title"), turn.say("queue-empty"))
        await turn.show(NAME, VERSION, Screen(text, ((back,),)))
        return
    # Only what this page shows is looked up.
    entries = [Choice("", "open", {"review": one.id}) for one in waiting]
    page = max(0, min(page, (len(entries) - 1) // PAGE))
    shown, more = page_of(entries, page)
    by_id = {one.id: one for one in waiting}
    buttons = [
        (replace(one, label=await _label(turn, by_id[one.args["review"]])),) for one in shown
    ]
    if page > 0:
        back = Choice(turn.say("back"), "menu", {"page": page - 1})
    ways = (back, Choice(turn.say("further"), "menu", {"page": page + 1})) if more else (back,)
    text = turn.text(turn.say("queue-title"), turn.say("queue-count", count=len(waiting)))
    await turn.show(NAME, VERSION, Screen(text, (*buttons, ways)))


async def _label(turn: Turn, review: Review) -> str:
    revision = await posts.get_revision(turn.connection, review.revision_id)
    content = await drafts.content_of(turn.connection, revision)
    key = "queue-overdue" if review.state is ReviewState.OVERDUE else "queue-entry"
    return turn.say(
        key,
        age=_age(turn, turn.now - review.created_at),
        organization=await posts.organization_name(turn.connection, review.post_id),
        title=title_of(content),
    )


def _age(turn: Turn, ms: int) -> str:
    if ms >= _DAY_MS:
        return turn.say("queue-days", count=ms // _DAY_MS)
    if ms >= _HOUR_MS:
        return turn.say("queue-hours", count=ms // _HOUR_MS)
    return turn.say("queue-minutes", count=max(ms, 0) // _MINUTE_MS)
