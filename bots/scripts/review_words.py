"""What a moderator says in words: an edit, a reason, where the parents' consent is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bots.screens import Choice, Screen, shorten
from bots.scripts import review_card as card
from bots.scripts import review_spread as spread
from bots.scripts import review_told as told
from bots.scripts.review_case import NAME, OPEN, VERSION, load, who
from bots.turn import Turn
from core.errors import RewriteError
from core.richtext import RichText, Style, join, styled
from newsroom import access, drafts, reviews, revising
from newsroom.difference import difference
from newsroom.manuscript import cleaned
from newsroom.objection import Objection, Why
from newsroom.rewrite import Content, rewrite
from storage import dialogs, posts
from storage import reviews as rows
from storage.reviews import Review

FIX = "fix"
CONSENT = "consent"
RETURN = "return"
REFUSE = "refuse"

REASONS = ("review-reason-when", "review-reason-names", "review-reason-picture")
_REASON = 1_000  # code points
_PLACE = 300


async def ask(turn: Turn, review: Review, what: str, seen: int) -> None:
    """Ask for words about the revision that was seen."""
    data = {"ask": what, "review": review.id, "seen": seen}
    await dialogs.put(turn.connection, turn.chat.id, NAME, VERSION, data, turn.now)
    back = (Choice(turn.say("back"), "card", {"review": review.id}),)
    offered: list[tuple[Choice, ...]] = []
    if what == FIX:
        title, text = turn.say("fix-title"), turn.say("fix-how")
    elif what == CONSENT:
        title, text = turn.say("consent-where-title"), turn.say("consent-where")
        drop = Choice(turn.say("consent-drop-pictures"), "no-pictures", {"review": review.id})
        offered.append((drop,))
    else:
        title = turn.say("return-title" if what == RETURN else "refuse-title")
        text = turn.say("reason-how")
        offered += [
            (
                Choice(
                    turn.say(key),
                    "send-back",
                    {"review": review.id, "refuse": what == REFUSE, "why": number},
                ),
            )
            for number, key in enumerate(REASONS)
        ]
    await card.put(turn, review, Screen(turn.text(title, text), (*offered, back)))


async def hear(turn: Turn, review: Review, data: Mapping[str, Any], words: RichText) -> None:
    """Do what the words ask for; raises Objection."""
    match data["ask"]:
        case "fix":
            await _fix(turn, review, data["seen"], words)
        case "consent":
            await _keep_consent(turn, review, words)
        case what:
            reason = shorten(cleaned(words).text, _REASON)
            await send_back(turn, review, reason, refuse=what == REFUSE)


async def send_back(turn: Turn, review: Review, reason: str, *, refuse: bool) -> None:
    """Return a post or refuse it, and tell its author; raises Objection."""
    rules = turn.settings.rules
    done = await reviews.send_back(
        turn.connection, rules, review.id, turn.person_id, reason, turn.now, refuse=refuse
    )
    await dialogs.drop(turn.connection, turn.chat.id)
    case = await load(turn, done)
    await told.sent_back(turn, case, refused=refuse)
    await _refresh_others(turn, done)
    await spread.here(turn, case)


async def _keep_consent(turn: Turn, review: Review, words: RichText) -> None:
    place = shorten(cleaned(words).text, _PLACE)
    await reviews.say_consent(turn.connection, review.id, turn.person_id, place, turn.now)
    await dialogs.drop(turn.connection, turn.chat.id)
    await spread.refresh(turn, review.id, here=False)
    case = await load(turn, await reviews.reread(turn.connection, review))
    await spread.here(turn, case, remark=turn.say("consent-noted"))


async def _fix(turn: Turn, review: Review, seen: int, words: RichText) -> None:
    before = await drafts.content_of(
        turn.connection, await posts.get_revision(turn.connection, seen)
    )
    try:
        after = rewrite(before, words)
    except RewriteError as error:
        # The words are still waited for.
        back = (Choice(turn.say("back"), "card", {"review": review.id}),)
        await card.put(turn, review, Screen(turn.text(None, str(error)), (back,)), anew=True)
        return
    await edit(turn, review, seen, before, after)


async def drop_pictures(turn: Turn, review: Review, seen: int) -> None:
    """Take all pictures out; raises Objection."""
    revision = await posts.get_revision(turn.connection, seen)
    before = await drafts.content_of(turn.connection, revision)
    await edit(turn, review, seen, before, replace(before, pictures=()))


async def edit(turn: Turn, review: Review, seen: int, before: Content, after: Content) -> None:
    """Put a moderator's text in place of the one that was seen, and show what changed; raises Objection."""
    # Looked at before anything is written: an objection undoes nothing.
    open_one, about = await reviews.open_for(turn.connection, review.id, turn.person_id)
    if open_one.revision_id != seen:
        raise Objection(Why.CHANGED)
    drafts.check(after, about.pictured)
    case = await load(turn, open_one)
    made = await drafts.write_revision(
        turn.connection, review.post_id, after, turn.person_id, turn.now
    )
    rules = turn.settings.rules
    await revising.edited(
        turn.connection, rules, review.id, turn.person_id, seen, made.id, turn.now
    )
    await dialogs.drop(turn.connection, turn.chat.id)
    turn.ring("publisher", "plans")
    await told.edited(turn, case, before, after)
    await turn.tell(
        join([styled(turn.say("fix-done"), Style.BOLD), difference(before, after)], "\n\n")
    )
    await _lay_edited(turn, review, made.id)


async def _lay_edited(turn: Turn, review: Review, revision_id: int) -> None:
    """Lay an edited text before the desk that is asked about it now."""
    remark = turn.say("review-edited", who=await who(turn, turn.person_id))
    await spread.refresh(turn, review.id, here=False, remark=remark)
    asked = [
        one
        for one in await rows.of_post(turn.connection, review.post_id)
        if one.revision_id == revision_id and one.state in OPEN
    ]
    for one in asked:
        if one.id != review.id:
            await spread.lay(turn, one, remark=remark, but=turn.person_id)
    mine = [one for one in asked if await may_judge(turn, one)]
    shown = mine[0] if mine else await reviews.reread(turn.connection, review)
    note = "" if mine else turn.say("fix-asked-first")
    await spread.here(turn, await load(turn, shown), remark=note, look=bool(mine))


async def may_judge(turn: Turn, review: Review) -> bool:
    """Tell whether the person may decide a review, as roles stand now."""
    return await access.may_judge(turn.connection, turn.person_id, review.organization_id)


async def _refresh_others(turn: Turn, review: Review) -> None:
    """Bring this review up to date for others, and lay before a desk what it led to."""
    await spread.refresh(turn, review.id, here=False)
    if review.correction:
        await spread.put_ended_away(turn, review)
        following = await spread.following(turn, review)
        if following is not None:
            await spread.lay(turn, following)
