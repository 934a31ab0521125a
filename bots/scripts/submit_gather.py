"""What came of the messages of a submission once no more come: a card, a question, an edit laid anew."""

from __future__ import annotations

import logging

from bots.screens import Screen
from bots.scripts import submit_card as card
from bots.scripts import submit_choices as choices
from bots.scripts import submit_double as double
from bots.scripts import submit_edit as editing
from bots.turn import Turn
from bots.watch import Duty
from core.words import ChatState, SubmissionState
from newsroom import doubles, drafts, gathering
from storage import chats, manuscripts, submissions
from storage.submissions import Submission

SLOW_MS = 5_000  # files that take longer are spoken of
LOOK_AGAIN_MS = 3_600_000  # files that never come give up by themselves long before
TRY_AGAIN_MS = 60_000

log = logging.getLogger("vestnik.bots")


async def look(duty: Duty) -> int | None:
    """Show the cards of drafts to which nothing more came; returns when the next is due."""
    for one in await submissions.cards_due(duty.connection, duty.now):
        try:
            async with duty.connection.begin_nested():
                await _finish(duty, one)
        except Exception:
            # One that cannot be shown must not hold up the others.
            log.exception("the card of post %s could not be shown", one.post_id)
            later = duty.now + TRY_AGAIN_MS
            await submissions.change(duty.connection, one.post_id, card_at=later)
    return await submissions.next_card(duty.connection)


async def _finish(duty: Duty, one: Submission) -> None:
    if one.state not in (SubmissionState.DRAFT, SubmissionState.SENT) or one.author_id is None:
        await submissions.change(duty.connection, one.post_id, card_at=None)
        return
    turn = await _turn_about(duty, one)
    if not await drafts.is_complete(duty.connection, one.post_id):
        await _wait(turn, duty, one)
        return
    await submissions.change(duty.connection, one.post_id, card_at=None)
    if turn is None:
        return
    if one.state is SubmissionState.SENT:
        await editing.renew(turn, one.post_id)
    else:
        await _present(turn, one)


async def _turn_about(duty: Duty, one: Submission) -> Turn | None:
    """Return a turn where the author wrote last about it, or where else they can be reached."""
    assert one.author_id is not None
    written = await manuscripts.messages(duty.connection, one.post_id)
    if written:
        last = max(written, key=lambda message: message.id)
        chat = await chats.get(duty.connection, last.chat_id)
        if chat is not None and chat.state is ChatState.ACTIVE and chat.person_id == one.author_id:
            return await duty.turn_in(chat)
    return await duty.turn_with(one.author_id)


async def _wait(turn: Turn | None, duty: Duty, one: Submission) -> None:
    """Wait for files, and say so once when they take long."""
    slow = one.touched_at + gathering.GATHER_MS + SLOW_MS
    assert one.card_at is not None
    if one.card_at < slow:
        await submissions.change(duty.connection, one.post_id, card_at=slow)
        return
    if one.card_at == slow and turn is not None:
        text = turn.text(None, turn.say("draft-loading"))
        await card.put(turn, one.post_id, Screen(text), anew=True)
    later = duty.now + LOOK_AGAIN_MS
    await submissions.change(duty.connection, one.post_id, card_at=later)


async def _present(turn: Turn, draft: Submission) -> None:
    """Show what a draft has become: a question first where one is open."""
    content = await drafts.compose(turn.connection, draft.post_id)
    if not content.body and not content.pictures and not content.title:
        await _say_nothing_taken(turn, draft)
        return
    await drafts.guess_rubric(turn.connection, turn.settings.rules, draft.post_id, content)
    like = await doubles.find_double(turn.connection, draft, content, turn.now)
    if like is not None:
        await double.ask(turn, draft, like, anew=True)
    elif not draft.settled.get("role") and len(await card.voices(turn)) > 1:
        await choices.ask_name(turn, draft, first=True, anew=True)
    else:
        await card.show(turn, draft.post_id, anew=True)


async def _say_nothing_taken(turn: Turn, draft: Submission) -> None:
    """Drop a draft of which nothing was left, and say why."""
    attached = await manuscripts.files(turn.connection, draft.post_id)
    troubles = list(dict.fromkeys(one.trouble for one in attached if one.trouble))
    await drafts.discard(turn.connection, draft.post_id, turn.person_id, turn.now)
    await card.retire(turn, draft.post_id, "draft-gone", but=None)
    lines = troubles[: card.TROUBLES] or [turn.say("draft-empty")]
    await turn.tell(turn.text(None, *lines, turn.say("how-to-send")))
