"""Who sees what of a review: cards to all who may decide, brought up to date wherever they hang."""

from __future__ import annotations

from collections.abc import Sequence

from bots import preview
from bots.screens import Choice, Screen
from bots.scripts import review_card as card
from bots.scripts.review_case import NAME, OPEN, VERSION, Case, load, subject
from bots.turn import Turn
from core.words import ReviewState
from newsroom import access
from storage import chats, screens
from storage import reviews as rows
from storage.reviews import Review
from storage.screens import Card

LOOKS = 3  # different ways to look that are shown to everybody; the rest on demand


async def lay(turn: Turn, review: Review, *, remark: str = "", but: int | None = None) -> bool:
    """Show the preview and a new card to everybody who may decide, `but` one person; False if nobody is there."""
    case = await load(turn, review)
    judges = await access.judges(turn.connection, review.organization_id)
    for one in await screens.cards_about(turn.connection, subject(review.id)):
        if one.chat_id != turn.chat.id or but is None:
            await _outdate(turn, one, judges)
    rest = len(case.views) - LOOKS
    hint = turn.say("review-more-looks", count=rest) if rest > 0 else ""
    reached = False
    for person_id in judges:
        there = await turn.with_person(person_id)
        reached = reached or there is not None
        if there is not None and person_id != but:
            await preview.show(there, case.views[:LOOKS], of=len(case.views))
            await card.show(there, case, remark=f"{remark} {hint}".strip(), anew=True)
    return reached


async def _outdate(turn: Turn, one: Card, judges: Sequence[int]) -> None:
    """Take the buttons from a card whose text is not the one that is decided about now."""
    chat = await chats.get(turn.connection, one.chat_id)
    if chat is None or chat.person_id is None:
        return
    there = await turn.towards(chat)
    key = "review-outdated" if chat.person_id in judges else "review-not-yours"
    await _put_away(there, one.message, there.say(key))


async def put_ended_away(turn: Turn, review: Review) -> None:
    """Take the cards of reviews of the same post away that were ended without a decision."""
    for other in await rows.of_post(turn.connection, review.post_id):
        if other.id != review.id and other.state is ReviewState.CANCELLED:
            await refresh(turn, other.id)


async def following(turn: Turn, review: Review) -> Review | None:
    """Return the review that another's approval has laid before a desk."""
    for other in await rows.of_post(turn.connection, review.post_id):
        if other.id != review.id and other.state is ReviewState.WAITING:
            return other
    return None


async def refresh(turn: Turn, review_id: int, *, here: bool = True, remark: str = "") -> None:
    """Put a review as it stands into all messages that show it, those of this dialog too if `here`.

    A newer text is laid before everybody anew: its preview is another.
    """
    review = await rows.get(turn.connection, review_id)
    if review is None:
        return
    cards = [
        one
        for one in await screens.cards_about(turn.connection, subject(review_id))
        if here or one.chat_id != turn.chat.id
    ]
    if review.state in OPEN and any(one.revision_id != review.revision_id for one in cards):
        but = None if here else turn.person_id
        await lay(turn, review, remark=remark or turn.say("review-changed"), but=but)
        return
    if not cards:
        return
    case = await load(turn, review)
    judges = await access.judges(turn.connection, review.organization_id)
    for one in cards:
        chat = await chats.get(turn.connection, one.chat_id)
        if chat is None or chat.person_id is None:
            continue
        there = await turn.towards(chat)
        if review.state is ReviewState.CANCELLED:
            await _put_away(there, one.message, there.say("review-cancelled"))
        elif chat.person_id in judges:
            await card.show(there, case, remark=remark, instead_of=one.message)
        else:
            await _put_away(there, one.message, there.say("review-not-yours"))


async def here(
    turn: Turn,
    case: Case,
    *,
    remark: str = "",
    look: bool = False,
    more: Sequence[Choice] = (),
    after: Sequence[int] = (),
) -> None:
    """Show the card in this dialog, in place of what was pressed; no other one stays.

    `look` shows it anew with the preview above it, `after` are reviews whose cards it replaces too.
    """
    pressed = None if look else turn.pressed_message
    for review_id in (case.review.id, *after):
        await _retire(turn, review_id, but=pressed)
    if look:
        await preview.show(turn, case.views)
    await card.show(turn, case, remark=remark, more=more, anew=pressed is None)


async def _retire(turn: Turn, review_id: int, but: str | None = None) -> None:
    """Take the buttons from the older cards of a review in a dialog."""
    for one in await screens.cards_about(turn.connection, subject(review_id)):
        if one.chat_id == turn.chat.id and one.message != but:
            await _put_away(turn, one.message, turn.say("review-outdated"))


async def _put_away(turn: Turn, message: str, why: str) -> None:
    # A screen without a subject: the message is no card any more.
    await turn.show(NAME, VERSION, Screen(turn.text(None, why)), instead_of=message)
