"""What a moderator's press does: take, approve, undo, call off; and an author's own undo."""

from __future__ import annotations

from bots import when
from bots.screens import Choice, Screen
from bots.scripts import review_card as card
from bots.scripts import review_spread as spread
from bots.scripts import review_told as told
from bots.scripts import review_words as words
from bots.scripts import work
from bots.scripts.review_case import NAME, VERSION, load
from bots.turn import Refused, Turn
from core.words import Reach, ReviewState
from newsroom import plans, reviews, revising
from newsroom.objection import Objection, Why
from newsroom.zones import zone_of
from storage import dialogs
from storage import reviews as rows
from storage.reviews import LIVE, Review


async def take(turn: Turn, review: Review) -> None:
    """Say that this moderator sees to it; the author hears of the first one."""
    done = await reviews.take(turn.connection, review.id, turn.person_id, turn.now)
    case = await load(turn, done)
    if review.taken_by_person_id is None:
        await told.taken(turn, case)
    await spread.refresh(turn, done.id, here=False)
    await spread.here(turn, case)


async def approve(turn: Turn, review: Review, seen: int, at: int | None = None) -> None:
    """Approve the revision that was seen, for a moment (ms UTC) or soon; raises Objection."""
    if turn.person_id in await reviews.agreed(turn.connection, review):
        turn.answer(turn.say("review-agreed-already"))
    rules, me = turn.settings.rules, turn.person_id
    done = await reviews.approve(turn.connection, rules, review.id, me, seen, turn.now, at)
    await dialogs.drop(turn.connection, turn.chat.id)
    turn.ring("publisher", "plans")
    await spread.refresh(turn, done.id, here=False)
    case = await load(turn, done)
    if done.state is not ReviewState.APPROVED:
        await spread.here(turn, case)
        return
    following = await spread.following(turn, done)
    if following is None:
        await told.approved(turn, case, None)
        await spread.here(turn, case)
        return
    farther = await load(turn, following)
    await told.approved(turn, case, farther)
    mine = await words.may_judge(turn, following)
    if not await spread.lay(turn, following, but=me if mine else None):
        await told.nobody_decides(turn, farther)
    if not mine:
        await spread.here(turn, case)
        return
    state = await card.state_line(turn, case)
    remark = turn.say("review-now-wider", state=state)
    undo = Choice(turn.say("review-undo-own"), "undo", {"review": done.id})
    await spread.here(turn, farther, remark=remark, more=(undo,), after=(done.id,))


async def ask_when(turn: Turn, review: Review, seen: int) -> None:
    """Ask for what moment the revision that was seen is approved; raises Objection."""
    _, about = await reviews.open_for(turn.connection, review.id, turn.person_id)
    await when.ask(
        turn,
        script=NAME,
        version=VERSION,
        do="at",
        args={"review": review.id, "seen": seen},
        zone=await zone_of(turn.connection, turn.settings.rules, about.organization_id),
        title=turn.say("review-when-title"),
        back=Choice(turn.say("back"), "card", {"review": review.id}),
    )


async def approve_at(turn: Turn, review: Review, seen: int, at: int) -> None:
    """Approve for a moment (ms UTC), and move the plan there if there is one; raises Objection."""
    open_one, about = await reviews.open_for(turn.connection, review.id, turn.person_id)
    # Looked at before the plan is moved: an objection undoes nothing.
    if open_one.revision_id != seen:
        raise Objection(Why.CHANGED)
    if at <= turn.now:
        raise Objection(Why.PASSED)
    if await reviews.lacks_consent(turn.connection, about, seen):
        raise Objection(Why.CONSENT)
    planned = about.due_at is not None and about.public_revision_id is None
    if planned and open_one.level is Reach.OWN:
        zone = await zone_of(turn.connection, turn.settings.rules, about.organization_id)
        await plans.reschedule(
            turn.connection,
            turn.settings.rules,
            about.post_id,
            turn.person_id,
            zone=zone,
            due_at=at,
            now=turn.now,
        )
    await approve(turn, open_one, seen, at)


async def undo(turn: Turn, review: Review) -> None:
    """Take an approval back before anything left; raises Objection."""
    if review.state is ReviewState.WAITING:
        await spread.here(turn, await load(turn, review))
        return
    others = await _live_others(turn, review)
    done = await reviews.undo(turn.connection, review.id, turn.person_id, turn.now)
    turn.ring("publisher", "plans")
    led_to = [one for one in others if one not in await _live_others(turn, review)]
    for one in led_to:
        await spread.refresh(turn, one, here=False)
    await spread.refresh(turn, done.id, here=False)
    case = await load(turn, done)
    await told.undone(turn, case)
    await spread.here(turn, case, remark=turn.say("review-undone"), after=led_to)


async def _live_others(turn: Turn, review: Review) -> list[int]:
    found = await rows.of_post(turn.connection, review.post_id)
    return [one.id for one in found if one.id != review.id and one.state in LIVE]


async def undo_own(turn: Turn, review: Review) -> None:
    """Let an author take back what nobody had to approve, within the minute."""
    led_to = await _live_others(turn, review)
    try:
        about = await revising.recall(turn.connection, review.id, turn.person_id, turn.now)
    except Objection as objection:
        if objection.why is Why.NOT_YOURS:
            raise Refused("not the author") from None
        turn.answer(await told.objection(turn, objection))
        return
    turn.ring("publisher", "plans", "drafts")
    for one in led_to:
        await spread.refresh(turn, one)
    key = "undone-own" if about.public_revision_id is None else "undone-own-correction"
    back = Choice(turn.say("back"), "menu", script=work.NAME)
    await turn.show(NAME, VERSION, Screen(turn.text(turn.say(key)), ((back,),)))


async def ask_call_off(turn: Turn, review: Review) -> None:
    """Ask whether what missed its moment is really not to go out; raises Objection."""
    await reviews.open_for(turn.connection, review.id, turn.person_id)
    args = {"review": review.id}
    buttons = (
        (Choice(turn.say("call-off-yes"), "call-off-yes", args),),
        (Choice(turn.say("back"), "card", args),),
    )
    text = turn.text(turn.say("call-off-title"), turn.say("call-off-text"))
    await card.put(turn, review, Screen(text, buttons))


async def call_off(turn: Turn, review: Review) -> None:
    """Let what missed its moment not go out at all; raises Objection."""
    if review.state is not ReviewState.OVERDUE:
        raise Refused("not overdue any more")
    if review.level is not Reach.OWN or review.correction:
        # What the organization has said itself stays.
        await words.send_back(turn, review, turn.say("call-off-reason"), refuse=True)
        return
    await plans.call_off(turn.connection, review.post_id, turn.person_id, turn.now)
    turn.ring("plans")
    await spread.refresh(turn, review.id, here=False)
    case = await load(turn, await reviews.reread(turn.connection, review))
    await told.called_off(turn, case)
    await spread.here(turn, case)
