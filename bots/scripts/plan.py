"""The plan of a council: when posts go out, moving, calling off, reminders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bots import phrases, when
from bots.scripts import plan_draft as drafting
from bots.scripts import plan_missed as missed
from bots.scripts import plan_one as one
from bots.scripts import plan_reminders as reminders
from bots.scripts import plan_views as views
from bots.scripts import plan_week as weekly
from bots.scripts import plan_words as words
from bots.scripts import submit_card
from bots.turn import Refused, Turn
from core.words import SubmissionState
from newsroom.objection import Objection, Why
from storage import dialogs, submissions

NAME = words.NAME
VERSION = words.VERSION
LONGEST = 160  # code points; who writes more writes no moment

menu = views.menu
ask_when = drafting.begin
look = reminders.look


async def press(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    """Do what a button of this script says; the right to it is looked up again each time."""
    await _stop_asking(turn)
    if "review" in args:
        await _missed(turn, do, args)
    elif "post" in args:
        await _post(turn, do, args)
    else:
        await _view(turn, do, args)


async def _stop_asking(turn: Turn) -> None:
    """End a question of ours: what is said next is no answer to it."""
    dialog = await dialogs.get(turn.connection, turn.chat.id)
    if dialog is not None and dialog.script == NAME:
        await dialogs.drop(turn.connection, turn.chat.id)


async def _view(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    page = args.get("page", 0)
    match do:
        case "menu":
            await menu(turn)
        case "week":
            first = date.fromisoformat(args["from"])
            await views.week(turn, await views.own_board(turn), first, page)
        case "month":
            await views.month(turn, await views.own_board(turn), args["month"], page)
        case "day":
            wanted = date.fromisoformat(args["day"])
            await views.day(turn, await views.own_board(turn), wanted, page)
        case "new":
            await views.own_board(turn)
            await views.explain(turn)
        case "approve-week":
            await weekly.ask(turn, date.fromisoformat(args["from"]))
        case "approve-all":
            await weekly.approve(turn, args)
        case _:
            raise Refused("unknown action")


async def _post(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    post_id = args["post"]
    about = await submissions.get(turn.connection, post_id)
    if do == "week-of":
        await views.week_of(turn, post_id)
    elif about is not None and about.state is SubmissionState.DRAFT:
        try:
            await _draft(turn, do, args)
        except Objection as objection:
            await _object_draft(turn, post_id, objection)
    else:
        await one.seen(turn, post_id)
        try:
            await _plan(turn, do, args)
        except Objection as objection:
            if objection.why is Why.NOT_YOURS:
                raise Refused("not the person's plan") from None
            said = await words.objection(turn, objection, post_id)
            turn.answer(said)
            await one.open_one(turn, post_id, said)


async def _draft(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    about = await drafting.draft(turn, args["post"])
    match do:
        case "ask":
            await drafting.ask(turn, about)
        case "ask-shown":
            await drafting.begin(turn, about.post_id)
        case "card":
            await submit_card.show(turn, about.post_id)
        case "set" if when.has_passed(turn, args["at"]):
            await drafting.ask(turn, about, turn.say("when-passed"))
        case "set":
            await drafting.take(turn, about, args["at"])
        case "soon":
            await drafting.release(turn, about)
        case "limit":
            await one.ask_limit(turn, about)
        case "limit-anew":
            await one.ask_limit_anew(turn, about)
        case "limited":
            await one.limit(turn, about, args["at"])
        case "unlimited":
            await one.limit(turn, about, None)
        case _:
            raise Refused("unknown action")


async def _object_draft(turn: Turn, post_id: int, objection: Objection) -> None:
    if objection.why is not Why.PASSED:
        raise Refused("not the person's draft")
    about = await drafting.draft(turn, post_id)
    await one.ask_limit_anew(turn, about, turn.say("plan-limit-early"))


async def _plan(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    about = await one.seen(turn, args["post"])
    match do:
        case "open":
            await one.open_one(turn, about.post_id)
        case "move":
            await one.ask_move(turn, about)
        case "moved" if when.has_passed(turn, args["at"]):
            await one.ask_move(turn, about, turn.say("when-passed"))
        case "moved":
            await one.move(turn, about, args["at"])
        case "limit":
            await one.ask_limit(turn, about)
        case "limit-anew":
            await one.ask_limit_anew(turn, about)
        case "limited" if args["at"] <= max(turn.now, about.due_at or 0):
            await one.ask_limit_anew(turn, about, turn.say("plan-limit-early"))
        case "limited":
            await one.limit(turn, about, args["at"])
        case "unlimited":
            await one.limit(turn, about, None)
        case "off":
            await one.ask_call_off(turn, about)
        case "off-yes":
            await one.call_off(turn, about)
        case "look":
            await one.look(turn, about)
        case _:
            raise Refused("unknown action")


async def _missed(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    review, about = await missed.load(turn, args["review"])
    if not await missed.is_open(turn, review, about):
        return
    seen = args["seen"]
    try:
        match do:
            case "missed":
                await missed.show(turn, review, about)
            case "next-day":
                at = await missed.next_day(turn, review, about)
                await missed.answer(turn, review, about, seen, at)
            case "in-hour":
                await missed.answer(turn, review, about, seen, missed.in_an_hour(turn))
            case "now":
                await missed.answer(turn, review, about, seen, None)
            case "other":
                await missed.ask_other(turn, review, about, seen)
            case "again" if when.has_passed(turn, args["at"]):
                await missed.ask_other(turn, review, about, seen, turn.say("when-passed"))
            case "again":
                await missed.answer(turn, review, about, seen, args["at"])
            case "drop":
                await missed.drop(turn, review, about)
            case _:
                raise Refused("unknown action")
    except Objection as objection:
        said = await words.objection(turn, objection, about.post_id)
        turn.answer(said)
        # Shown anew: the text may be another one than that which was seen.
        now, about = await missed.load(turn, review.id)
        await missed.show(turn, now, about, said)


async def said(turn: Turn, data: Mapping[str, Any]) -> bool:
    """Take the moment that this script asked for; False when a message holds something else."""
    heard = turn.incoming
    if heard is None or heard.files or heard.media or data.get("ask") != when.ASK:
        return False
    text = heard.text.text.strip()
    if not text or len(text) > LONGEST or phrases.command(text) is not None:
        return False
    try:
        await _check(turn, data)
        at = await when.said(turn, data)
        if at is not None:
            await press(turn, data["do"], {**data["args"], "at": at})
    except Refused as refused:
        await _refuse(turn, refused)
    return True


async def _check(turn: Turn, data: Mapping[str, Any]) -> None:
    """Look whether the moment may still be said before it is asked for once more."""
    args = data["args"]
    if "review" in args:
        await missed.load(turn, args["review"])
        return
    about = await submissions.get(turn.connection, args["post"])
    if about is not None and about.state is SubmissionState.DRAFT:
        await drafting.draft(turn, args["post"])
    else:
        await one.seen(turn, args["post"])


async def _refuse(turn: Turn, refused: Refused) -> None:
    await dialogs.drop(turn.connection, turn.chat.id)
    await turn.note("words.refused", f"chat:{turn.chat.id}", why=refused.why)
    await turn.tell(turn.text(None, turn.say("objection-not-yours")))
