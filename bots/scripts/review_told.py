"""What an author hears of each decision: one message each."""

from __future__ import annotations

from collections.abc import Mapping

from bots.objections import sentence
from bots.scripts.review_case import Case, leaves, title_of, who
from bots.turn import Turn
from core.richtext import RichText, Style, join, plain, styled
from core.words import Reach, ReviewState
from newsroom.difference import difference
from newsroom.objection import Objection, Why
from newsroom.rewrite import Content
from storage.reviews import Review

_TITLE = 60
_DECISIONS: Mapping[ReviewState, str] = {
    ReviewState.APPROVED: "decided-approved",
    ReviewState.PUBLISHED: "decided-approved",
    ReviewState.RETURNED: "decided-returned",
    ReviewState.REFUSED: "decided-refused",
}


async def _author(turn: Turn, case: Case) -> Turn | None:
    """Return a turn with the author, unless it is they who decide or they cannot be reached."""
    author_id = case.about.author_id
    if author_id is None or author_id == turn.person_id:
        return None
    return await turn.with_person(author_id)


async def taken(turn: Turn, case: Case) -> None:
    """Tell the author who sees to it."""
    there = await _author(turn, case)
    if there is not None:
        await _tell(there, case, there.say("told-taken", who=await who(there, turn.person_id)))


async def approved(turn: Turn, case: Case, following: Case | None) -> None:
    """Tell the author who approved it and when it goes out, and who decides about more."""
    there = await _author(turn, case)
    if there is None:
        return
    name = await who(there, turn.person_id)
    if case.review.correction:
        line = there.say("told-approved-correction", who=name)
    elif case.level is Reach.OWN and case.about.reach is not Reach.OWN:
        line = there.say("told-approved", who=name)
    else:
        line = there.say("told-approved-wider", who=name)
    farther = (
        there.say("told-decides-next", organization=following.desk.short)
        if following is not None
        else ""
    )
    await _tell(there, case, f"{line} {leaves(there, case.review, case.zone)}".strip(), farther)


async def sent_back(turn: Turn, case: Case, *, refused: bool) -> None:
    """Tell the author why a post was returned or refused, and what to do."""
    there = await _author(turn, case)
    if there is None:
        return
    name = await who(there, turn.person_id)
    reason = there.say("told-reason", reason=case.review.reason or "")
    if not refused:
        line, next_step = there.say("told-returned", who=name), there.say("told-returned-next")
    elif case.review.correction:
        line, next_step = there.say("told-correction-refused", who=name), ""
    elif case.review.level is not Reach.OWN:
        line, next_step = there.say("told-refused-wider", who=name), there.say("told-stays")
    else:
        line, next_step = there.say("told-refused", who=name), ""
    await _tell(there, case, line, reason, next_step)


async def edited(turn: Turn, case: Case, before: Content, after: Content) -> None:
    """Show the author what a moderator has changed."""
    there = await _author(turn, case)
    if there is not None:
        line = there.say("told-edited", who=await who(there, turn.person_id))
        await there.tell(join([_head(case), plain(line), difference(before, after)], "\n\n"))


async def undone(turn: Turn, case: Case) -> None:
    """Tell the author that an approval was taken back."""
    there = await _author(turn, case)
    if there is not None:
        await _tell(there, case, there.say("told-undone", who=await who(there, turn.person_id)))


async def called_off(turn: Turn, case: Case) -> None:
    """Tell the author that a post will not go out."""
    there = await _author(turn, case)
    if there is not None:
        await _tell(there, case, there.say("told-called-off", who=await who(there, turn.person_id)))


async def nobody_decides(turn: Turn, case: Case) -> None:
    """Tell the author that a post waits although nobody can decide about it yet."""
    author_id = case.about.author_id
    there = None if author_id is None else await turn.with_person(author_id)
    if there is not None:
        await _tell(there, case, there.say("told-nobody", organization=case.desk.short))


async def objection(turn: Turn, why: Objection, review: Review | None = None) -> str:
    """Return why the desk does not do it; of a decided review, who was faster and with what."""
    key = None if review is None else _DECISIONS.get(review.state)
    if why.why is not Why.DECIDED or why.person_id is None or key is None:
        return sentence(turn, why)
    return sentence(turn, why, turn.say(key, who=await who(turn, why.person_id)))


def _head(case: Case) -> RichText:
    return styled(title_of(case.content, _TITLE), Style.BOLD)


async def _tell(there: Turn, case: Case, *lines: str) -> None:
    await there.tell(there.text(title_of(case.content, _TITLE), *lines))
