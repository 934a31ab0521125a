"""A press officer sends news as to a colleague: draft, card, preview, «Отправить»."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bots.screens import Choice, Screen
from bots.scripts import plan
from bots.scripts import submit_card as card
from bots.scripts import submit_choices as choices
from bots.scripts import submit_double as double
from bots.scripts import submit_edit as editing
from bots.scripts import submit_gather as gather
from bots.scripts import submit_pictured as pictured
from bots.scripts import submit_send as sending
from bots.scripts import submit_take as taking
from bots.turn import Refused, Turn
from core.words import Pictured, Reach, SubmissionState
from newsroom import access, drafts
from storage import dialogs, submissions
from storage.submissions import Submission

NAME = card.NAME
VERSION = card.VERSION

take = taking.take
edited = editing.edited
look = gather.look


async def press(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    """Do what a button of this script says."""
    about = await card.own_draft(turn, args["post"])
    await _stop_asking(turn)
    if do in ("discard", "discard-yes"):
        await _discard(turn, about, sure=do == "discard-yes")
    elif not await drafts.may_write(turn.connection, about):
        turn.answer(turn.say("objection-not-yours"))
    elif about.state is SubmissionState.DRAFT:
        await submissions.change(turn.connection, about.post_id, touched_at=turn.now)
        await _draft(turn, about, do, args)
    elif about.state is SubmissionState.SENT and _is_renewal(do, args):
        await _sent(turn, about, do, args)
    else:
        sent = about.state is SubmissionState.SENT
        turn.answer(turn.say("draft-sent-already" if sent else "draft-gone"))
        rows = ((Choice(turn.say("menu-mine"), "menu", script="mine"),),)
        text = turn.text(None, turn.say("draft-sent" if sent else "draft-gone"))
        await turn.show(NAME, VERSION, Screen(text, rows))


async def _stop_asking(turn: Turn) -> None:
    """End a question of ours: what is said next is no answer to it."""
    dialog = await dialogs.get(turn.connection, turn.chat.id)
    if dialog is not None and dialog.script == NAME:
        await dialogs.drop(turn.connection, turn.chat.id)


def _is_renewal(do: str, args: Mapping[str, Any]) -> bool:
    return do in ("correct", "leave") or args.get("then") == "renew"


async def _draft(turn: Turn, draft: Submission, do: str, args: Mapping[str, Any]) -> None:
    match do:
        case "card":
            await card.show(turn, draft.post_id)
        case "themes":
            await choices.ask_theme(turn, draft, args.get("page", 0))
        case "theme":
            await choices.set_theme(turn, draft, args["rubric"])
        case "reaches":
            await choices.ask_reach(turn, draft)
        case "reach":
            await choices.set_reach(turn, draft, Reach(args["reach"]))
        case "names":
            await choices.ask_name(turn, draft, first=False)
        case "name":
            await choices.set_name(turn, draft, args["role"])
        case "when":
            if not access.plans(draft.role):
                raise Refused("not in a planning role")
            await plan.ask_when(turn, draft.post_id)
        case "look" | "look-rest":
            content = await drafts.compose(turn.connection, draft.post_id)
            await sending.look(turn, draft, content, rest=do == "look-rest")
        case "send":
            await sending.advance(turn, draft.post_id)
        case "submit":
            await sending.submit(turn, draft.post_id, args["seen"])
        case "replace" | "add":
            await double.merge(turn, draft, replace=do == "replace")
        case "other":
            await double.another(turn, draft)
        case _:
            await _pictures(turn, draft, do, args)


async def _sent(turn: Turn, about: Submission, do: str, args: Mapping[str, Any]) -> None:
    match do:
        case "correct":
            await editing.correct(turn, about.post_id, args["seen"])
        case "leave":
            await editing.leave(turn, about.post_id)
        case _:
            await _pictures(turn, about, do, args)


async def _pictures(turn: Turn, about: Submission, do: str, args: Mapping[str, Any]) -> None:
    then = args.get("then", "card")
    match do:
        case "pictured":
            await pictured.ask(turn, about, then)
        case "who":
            who = Pictured(args["who"])
            await pictured.take(turn, about, who)
            if who is Pictured.CHILDREN:
                await pictured.ask_place(turn, await card.own_draft(turn, about.post_id), then)
            else:
                await _go_on(turn, about.post_id, then)
        case "consent-later":
            await _go_on(turn, about.post_id, then, later=True)
        case "drop-pictures":
            await pictured.drop_pictures(turn, about)
            await _go_on(turn, about.post_id, then)
        case _:
            raise Refused("unknown action")


async def _go_on(turn: Turn, post_id: int, then: str, *, later: bool = False) -> None:
    match then:
        case "send":
            await sending.advance(turn, post_id, later=later)
        case "renew":
            await editing.renew(turn, post_id, asked=True)
        case _:
            await card.show(turn, post_id)


async def _discard(turn: Turn, about: Submission, *, sure: bool) -> None:
    if about.state is not SubmissionState.DRAFT:
        turn.answer(turn.say("draft-sent-already"))
    elif sure:
        await drafts.discard(turn.connection, about.post_id, turn.person_id, turn.now)
        await turn.show(NAME, VERSION, Screen(turn.text(None, turn.say("draft-discarded"))))
        await card.retire(turn, about.post_id, "draft-gone", but=turn.pressed_message)
    else:
        args = {"post": about.post_id}
        rows = (
            (Choice(turn.say("discard-yes"), "discard-yes", args),),
            (Choice(turn.say("discard-no"), "card", args),),
        )
        text = turn.text(turn.say("discard-title"), turn.say("discard-text"))
        await card.put(turn, about.post_id, Screen(text, rows))


async def said(turn: Turn, data: Mapping[str, Any]) -> bool:
    """Take the words that this script asked for; False when they are none of them."""
    if data.get("ask") != "consent":
        return False
    about = await pictured.said_place(turn, data)
    if about is None:
        return False
    await _go_on(turn, about.post_id, data["then"])
    return True
