"""«Мои новости»: how each stands, its history, taking it back, sending again."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from bots.objections import sentence
from bots.screens import Choice, Screen
from bots.scripts import mine_history as story
from bots.scripts import mine_report as report
from bots.scripts import mine_retract as retracting
from bots.scripts import mine_states as states
from bots.scripts import mine_way as way
from bots.scripts.review_spread import refresh
from bots.turn import Refused, Turn
from bots.watch import Duty
from core.words import SubmissionState
from newsroom import drafts
from newsroom.objection import Objection, Why
from storage import dialogs, journal, posts, reviews, submissions
from storage.submissions import UNFINISHED, Submission

log = logging.getLogger("vestnik.bots")

NAME = way.NAME
VERSION = way.VERSION

_AGAIN_MS = 10 * 60_000  # a report that failed is tried again after so long

menu = states.menu
said = retracting.said
history = story.by_command


async def press(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    """Do what a button of this script says; who may do it is looked up again each time."""
    await _stop_asking(turn)
    match do:
        case "menu":
            await menu(turn, args.get("page", 0))
        case "one":
            await states.one(turn, await way.own(turn, args["post"]), args["page"])
        case "withdraw" | "withdraw-yes":
            about = await way.own(turn, args["post"])
            await _withdraw(turn, about, args["page"], sure=do == "withdraw-yes")
        case _:
            await _about_post(turn, do, args)


async def _about_post(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    post = await way.required(turn, args["post"])
    back = way.way_back(turn, args)
    match do:
        case "history":
            await story.show(turn, post, back)
        case "where":
            await report.show(turn, post, back)
        case "again":
            await report.send_again(turn, post, back)
        case "retract":
            await retracting.ask(turn, post, back)
        case "reason":
            key = retracting.REASONS[args["reason"]]
            await retracting.sure(turn, post, turn.say(key), back)
        case "retract-yes":
            await retracting.retract(turn, post, args["why"], back)
        case _:
            raise Refused("unknown action")


async def _stop_asking(turn: Turn) -> None:
    """End a question of ours: what is said next is no answer to it."""
    dialog = await dialogs.get(turn.connection, turn.chat.id)
    if dialog is not None and dialog.script == NAME:
        await dialogs.drop(turn.connection, turn.chat.id)


async def show_history(turn: Turn, post_id: int, back: Choice) -> None:
    """Show who did what with a post and when; `back` leads to where the person came from."""
    await story.show(turn, await way.required(turn, post_id), back)


async def _withdraw(turn: Turn, about: Submission, page: int, *, sure: bool) -> None:
    args = {"post": about.post_id, "page": page}
    if not sure and about.state is SubmissionState.SENT and about.public_revision_id is None:
        rows = (
            (Choice(turn.say("mine-withdraw-yes"), "withdraw-yes", args),),
            (Choice(turn.say("back"), "one", args),),
        )
        title = turn.say("mine-withdraw-title", title=await states.title_of(turn, about))
        text = turn.text(title, turn.say("mine-withdraw-text"))
        await turn.show(NAME, VERSION, Screen(text, rows))
        return
    laid = await reviews.of_post(turn.connection, about.post_id)
    try:
        if about.state is not SubmissionState.SENT:
            raise Objection(Why.GONE)
        await drafts.discard(turn.connection, about.post_id, turn.person_id, turn.now)
    except Objection as objection:
        turn.answer(sentence(turn, objection))
        await states.one(turn, about, page)
        return
    turn.ring("plans")
    for review in laid:
        await refresh(turn, review.id)
    turn.answer(turn.say("mine-withdrawn"))
    await menu(turn, page)


async def look(duty: Duty) -> int | None:
    """Tell authors how their posts went out; returns when to look again."""
    for about, complete in await submissions.reports_due(duty.connection, duty.now):
        try:
            async with duty.connection.begin_nested():
                await _report(duty, about, complete)
        except Exception:
            # One that cannot be told must not hold up the others.
            log.exception("how post %s went out could not be told", about.post_id)
            later = duty.now + _AGAIN_MS
            await submissions.change(duty.connection, about.post_id, report_at=later)
    return await submissions.next_report(duty.connection, duty.now)


async def _report(duty: Duty, about: Submission, complete: bool) -> None:
    if complete:
        await submissions.change(duty.connection, about.post_id, report_at=None)
    else:
        await journal.write(duty.connection, duty.now, UNFINISHED, f"post:{about.post_id}")
    author = None if about.author_id is None else await duty.turn_with(about.author_id)
    post = await posts.get(duty.connection, about.post_id)
    if author is not None and post is not None:
        await report.tell(author, post, complete=complete)
        for laid in await reviews.of_post(duty.connection, about.post_id):
            # It is out: «Отменить» goes from the cards.
            await refresh(author, laid.id)
