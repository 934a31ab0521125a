"""Deliveries that wait for a person's word: the owner's yes, or whether something arrived."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bots.screens import Choice, Screen, shorten
from bots.turn import Refused, Turn
from bots.watch import Duty
from core import richtext
from core.messenger import MediaFile
from core.words import Corrections, DeliveryState, WaveKind
from newsroom import access, resending
from newsroom.fit import fit
from storage import amending, chats, outgoing, people, screens, showing
from storage.outgoing import Question

NAME = "asking"
VERSION = 1
AT_ONCE = 50  # questions in one transaction
FIRST_LINES = 280  # code points of the post on a card
_PICTURE = MediaFile("", Path(), "", "")
# What may become of a correction that cannot be made in place: its button, what it does (None:
# nothing), and what is said then.
_WAYS: Mapping[str, tuple[str, Corrections | None, str]] = MappingProxyType(
    {
        "reply": ("correct-reply", Corrections.REPLY, "corrected-reply"),
        "replace": ("correct-replace", Corrections.REPLACE, "corrected-replace"),
        "leave": ("correct-leave", None, "corrected-leave"),
    }
)
LOOK_MS = 3_600_000  # those who could not be asked are looked for again


async def look(duty: Duty) -> int | None:
    """Ask about every delivery that nobody was asked about yet.

    Where nobody can be spoken to, the delivery stays as it is and is tried the next time.
    """
    questions = await outgoing.unasked(duty.connection, AT_ONCE)
    asked = 0
    for question in questions:
        async with duty.apart(f"the question about delivery {question.delivery_id}"):
            turns = await _whom(duty, question)
            for turn in turns:
                await _show_card(turn, question)
            if turns:
                await outgoing.asked(duty.connection, question.delivery_id, duty.now)
                asked += 1
    return duty.now if asked and len(questions) == AT_ONCE else None


async def press(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    """Do what a button on a card says."""
    question = await outgoing.question(turn.connection, args["delivery"])
    if question is None:
        raise Refused("delivery gone")
    if not await _may_answer(turn, question):
        raise Refused("neither owner nor duty editor")
    if do in ("publish", "decline") and question.state is DeliveryState.ASKING:
        await _answer_owner(turn, do, question)
    elif do in _WAYS and question.state is DeliveryState.ASKING:
        await _answer_correction(turn, do, question)
    elif do in ("arrived", "again", "rest", "anew") and question.state is DeliveryState.UNKNOWN:
        await _answer_unknown(turn, do, question)
    elif do == "partly" and question.state is DeliveryState.UNKNOWN:
        await _ask_about_rest(turn, question)
    else:
        turn.answer(turn.say("settled-already"))


async def _may_answer(turn: Turn, question: Question) -> bool:
    if question.owner_id == turn.person_id or await turn.is_administrator():
        return True
    desk_id = question.organization_id
    return desk_id is not None and await access.may_judge(turn.connection, turn.person_id, desk_id)


async def _answer_owner(turn: Turn, do: str, question: Question) -> None:
    if do == "publish" and await _is_outdated(turn, question):
        # Nobody approves what they did not see.
        turn.answer(turn.say("ask-changed"))
        await _show_card(turn, question)
        return
    if do == "publish":
        await outgoing.release(turn.connection, question.delivery_id)
    else:
        await outgoing.decline(turn.connection, question.delivery_id, turn.now)
    await turn.note(f"delivery.{do}", f"delivery:{question.delivery_id}")
    key = "ask-published" if do == "publish" else "ask-declined"
    await _close(turn, turn.say(key, title=question.channel), question)


async def _answer_correction(turn: Turn, do: str, question: Question) -> None:
    _, way, said = _WAYS[do]
    if way is None:
        await outgoing.decline(turn.connection, question.delivery_id, turn.now)
    else:
        await amending.choose(turn.connection, question.delivery_id, way)
    await turn.note(f"delivery.correct-{do}", f"delivery:{question.delivery_id}")
    await _close(turn, turn.say(said, title=question.channel), question)


async def _ask_about_rest(turn: Turn, question: Question) -> None:
    """Ask what to do with a long post of which only the beginning is there."""
    args = {"delivery": question.delivery_id}
    choices = [("unknown-rest", "rest")]
    if question.of_id is None:
        choices.append(("unknown-anew", "anew"))
    rows = tuple((Choice(turn.say(key), do, args),) for key, do in choices)
    text = turn.text(question.title or None, turn.say("ask-rest", title=question.channel))
    await turn.show(NAME, VERSION, Screen(text, rows), revision_id=question.revision_id)


async def _is_outdated(turn: Turn, question: Question) -> bool:
    screen = await screens.get(turn.connection, turn.pressed_screen or 0)
    return screen is not None and screen.revision_id != question.revision_id


async def _answer_unknown(turn: Turn, do: str, question: Question) -> None:
    if do != "arrived" and question.retracted:
        # What was taken back never returns; what may be there of it is not known to us.
        await outgoing.give_up(turn.connection, question.delivery_id, turn.now)
        key = "unknown-retracted"
    elif do == "again":
        await outgoing.again(turn.connection, question.delivery_id)
        key = "unknown-again"
    elif do == "rest":
        await outgoing.arrived_in_part(turn.connection, question.delivery_id)
        key = "unknown-rest-done"
    elif do == "anew":
        where = (question.account_id, question.chat_id)
        revision_id = question.revision_id or 0
        await resending.anew(turn.connection, question.delivery_id, where, revision_id, turn.now)
        key = "unknown-anew-done"
    else:
        await outgoing.arrived(turn.connection, question.delivery_id, turn.now)
        key = "unknown-arrived-retracted" if question.retracted else "unknown-arrived"
    await turn.note(f"delivery.{do}", f"delivery:{question.delivery_id}")
    await _close(turn, turn.say(key, title=question.channel), question)


async def _close(turn: Turn, said: str, question: Question) -> None:
    turn.ring(("courier", question.account_id))
    await turn.show(NAME, VERSION, Screen(turn.text(question.title or None, said)))


async def _whom(duty: Duty, question: Question) -> list[Turn]:
    """Return turns with who is to be asked: the owner, else the duty editors, else the administrators."""
    if question.owner_id is not None:
        mine = await chats.private_of(duty.connection, question.owner_id)
        # In the same account if possible: that is where they connected it.
        where = sorted(mine, key=lambda chat: chat.account_id != question.account_id)
        if where:
            return [await duty.turn_in(where[0])]
    desk_id = question.organization_id
    judges = [] if desk_id is None else await access.judges(duty.connection, desk_id)
    administrators = await people.having(duty.connection, duty.settings.administrators)
    for persons in (judges, administrators):
        found = [await duty.turn_with(person_id) for person_id in persons]
        turns = [turn for turn in found if turn is not None]
        if turns:
            return turns
    return []


async def _asked(turn: Turn, question: Question) -> tuple[str, list[tuple[str, str]]]:
    """Return what is asked, and the buttons: their words and what they do."""
    if question.state is DeliveryState.ASKING:
        if question.wave_kind is WaveKind.AMEND:
            return "ask-correct", [(label, do) for do, (label, _, _) in _WAYS.items()]
        return "ask-publish", [("ask-yes", "publish"), ("ask-no", "decline")]
    choices = [("unknown-yes", "arrived"), ("unknown-no", "again")]
    if await _may_be_cut_short(turn, question):
        choices.insert(1, ("unknown-partly", "partly"))
    return "ask-arrived", choices


async def _may_be_cut_short(turn: Turn, question: Question) -> bool:
    """Tell whether parts of the post come behind the one that is in doubt."""
    footer = None if question.footer is None else richtext.from_json(question.footer)
    parts = fit(
        question.body,
        [_PICTURE] * question.pictures,
        turn.abilities.capabilities(question.account_id, question.chat_kind),
        title=question.title,
        link=question.link,
        footer=footer,
    )
    there = await showing.messages_of(turn.connection, question.of_id or question.delivery_id)
    return len(there) + 1 < len(parts)


async def _show_card(turn: Turn, question: Question) -> None:
    args = {"delivery": question.delivery_id}
    lines = shorten(question.body.text.strip(), FIRST_LINES)
    head, choices = await _asked(turn, question)
    rows = tuple((Choice(turn.say(key), do, args),) for key, do in choices)
    pictures = turn.say("ask-pictures", count=question.pictures) if question.pictures else ""
    text = turn.text(
        turn.say(head, title=question.channel),
        question.title,
        lines,
        pictures,
        turn.say("unknown-was-retracted") if question.retracted else "",
    )
    await turn.show(NAME, VERSION, Screen(text, rows), revision_id=question.revision_id)
