"""Moderators decide: card, «Беру», approve, return, refuse, edit, undo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bots import when
from bots.screens import Choice
from bots.scripts import mine, review_case, review_queue
from bots.scripts import review_deeds as deeds
from bots.scripts import review_spread as spread
from bots.scripts import review_told as told
from bots.scripts import review_words as words
from bots.scripts.review_case import load
from bots.turn import Refused, Turn
from newsroom import reviews
from newsroom.objection import Objection, Why
from storage import dialogs, screens
from storage import reviews as rows
from storage.reviews import Review

NAME = review_case.NAME
VERSION = review_case.VERSION


async def press(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    """Do what a button of this script says; the right to it is looked up again each time."""
    if do == "menu":
        await queue(turn, args.get("page", 0))
        return
    review = await rows.get(turn.connection, args["review"])
    if review is None:
        raise Refused("unknown review")
    if do == "undo-own":
        await deeds.undo_own(turn, review)
        return
    if not await words.may_judge(turn, review):
        raise Refused("may not decide here")
    try:
        await _do(turn, review, do, args)
    except Objection as objection:
        await _object(turn, review, objection)


async def _do(turn: Turn, review: Review, do: str, args: Mapping[str, Any]) -> None:
    match do:
        case "card" | "open" | "again":
            await dialogs.drop(turn.connection, turn.chat.id)
            await spread.here(turn, await load(turn, review), look=do != "card")
        case "take":
            await deeds.take(turn, review)
        case "approve":
            await deeds.approve(turn, review, await _seen(turn, args))
        case "when":
            await deeds.ask_when(turn, review, await _seen(turn, args))
        case "at":
            await deeds.approve_at(turn, review, args["seen"], args["at"])
        case "fix" | "return" | "refuse":
            await reviews.open_for(turn.connection, review.id, turn.person_id)
            await words.ask(turn, review, do, await _seen(turn, args))
        case "send-back":
            key = words.REASONS[args["why"]]
            await words.send_back(turn, review, turn.say(key), refuse=args["refuse"])
        case "no-pictures":
            await words.drop_pictures(turn, review, await _seen(turn, args))
        case "undo":
            await deeds.undo(turn, review)
        case "call-off":
            await deeds.ask_call_off(turn, review)
        case "call-off-yes":
            await deeds.call_off(turn, review)
        case "history":
            back = Choice(turn.say("back"), "card", {"review": review.id}, script=NAME)
            await mine.show_history(turn, review.post_id, back)
        case _:
            raise Refused("unknown action")


async def _seen(turn: Turn, args: Mapping[str, Any]) -> int:
    """Return the revision that the pressed card showed."""
    screen = await screens.get(turn.connection, turn.pressed_screen or 0)
    if screen is None or screen.revision_id is None:
        raise Refused("a screen without a text")
    return screen.revision_id


async def _object(turn: Turn, review: Review, objection: Objection) -> None:
    """Say why the desk does not do it, and show how things stand."""
    if objection.why is Why.NOT_YOURS:
        raise Refused("may not decide here")
    now = await reviews.reread(turn.connection, review)
    if objection.why is Why.CONSENT:
        await words.ask(turn, now, words.CONSENT, now.revision_id)
        return
    turn.answer(await told.objection(turn, objection, now))
    changed = objection.why is Why.CHANGED
    await spread.here(turn, await load(turn, now), look=changed)


async def said(turn: Turn, data: Mapping[str, Any]) -> bool:
    """Take the words that this script asked for; False when they are none of them."""
    heard = turn.incoming
    if heard is None or heard.files or heard.media or not heard.text.text.strip():
        return False
    args = data["args"] if data["ask"] == when.ASK else data
    review = await rows.get(turn.connection, args["review"])
    if review is None or not await words.may_judge(turn, review):
        await dialogs.drop(turn.connection, turn.chat.id)
        await turn.tell(turn.text(None, await told.objection(turn, Objection(Why.NOT_YOURS))))
        return True
    try:
        if data["ask"] == when.ASK:
            at = await when.said(turn, data)
            if at is not None:
                await deeds.approve_at(turn, review, args["seen"], at)
        else:
            await words.hear(turn, review, data, heard.text)
    except Objection as objection:
        await _object_to_words(turn, review, objection)
    return True


async def _object_to_words(turn: Turn, review: Review, objection: Objection) -> None:
    now = await reviews.reread(turn.connection, review)
    if objection.why is Why.CONSENT:
        await words.ask(turn, now, words.CONSENT, now.revision_id)
        return
    await dialogs.drop(turn.connection, turn.chat.id)
    case = await load(turn, now)
    remark = await told.objection(turn, objection, now)
    await spread.here(turn, case, remark=remark, look=objection.why is Why.CHANGED)


async def lay_before(turn: Turn, review: Review) -> None:
    """Show a review to everybody who may decide it; nothing where nobody has to."""
    now = await reviews.reread(turn.connection, review)
    if now.state in review_case.OPEN:
        await spread.lay(turn, now)
    await spread.put_ended_away(turn, now)


async def refresh(turn: Turn, review_id: int) -> None:
    """Bring all cards of a review up to date, and those that its change has ended."""
    review = await rows.get(turn.connection, review_id)
    if review is not None:
        await spread.refresh(turn, review_id)
        await spread.put_ended_away(turn, review)


async def queue(turn: Turn, page: int = 0) -> None:
    """Show what waits for the person's decision."""
    await review_queue.show(turn, page)
