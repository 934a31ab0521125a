"""What an author may say of a draft: its theme, whom to show it to, in whose name it is."""

from __future__ import annotations

from collections import Counter

from bots.names import role_at
from bots.screens import PAGE, Choice, Screen, shorten, tick
from bots.scripts import submit_card as card
from bots.turn import Refused, Turn
from core.words import Reach
from newsroom import access, drafts
from storage import posts, roles, rubrics, submissions
from storage.submissions import Submission

FIRST_WORDS = 140  # code points of the text above a question


async def ask_theme(turn: Turn, draft: Submission, page: int) -> None:
    """Offer the themes, a page at a time."""
    args = {"post": draft.post_id}
    entries = [Choice(turn.say("theme-none"), "theme", {**args, "rubric": None})]
    for one in await rubrics.living(turn.connection):
        label = tick(one.name, one.id == draft.rubric_id)
        entries.append(Choice(label, "theme", {**args, "rubric": one.id}))
    page = min(max(page, 0), (len(entries) - 1) // PAGE)
    back = (
        Choice(turn.say("back"), "themes", {**args, "page": page - 1})
        if page
        else Choice(turn.say("back"), "card", args)
    )
    more = len(entries) > (page + 1) * PAGE
    further = Choice(turn.say("further"), "themes", {**args, "page": page + 1})
    shown = entries[page * PAGE : (page + 1) * PAGE]
    text = turn.text(turn.say("theme-title"), turn.say("theme-text"))
    rows = (*((one,) for one in shown), (back, further) if more else (back,))
    await card.put(turn, draft.post_id, Screen(text, rows))


async def set_theme(turn: Turn, draft: Submission, rubric_id: int | None) -> None:
    """Take the theme that the author chose."""
    if rubric_id is not None and rubric_id not in [
        one.id for one in await rubrics.living(turn.connection)
    ]:
        raise Refused("unknown theme")
    await posts.set_rubric(turn.connection, draft.post_id, rubric_id)
    settled = {**draft.settled, "theme": True}
    await submissions.change(turn.connection, draft.post_id, settled=settled)
    await card.show(turn, draft.post_id)


async def ask_reach(turn: Turn, draft: Submission) -> None:
    """Offer whom to show it to, by name."""
    organization = await card.organization_of(turn, draft)
    rows = [
        (
            Choice(
                tick(card.reach_words(turn, organization, reach), reach is draft.reach),
                "reach",
                {"post": draft.post_id, "reach": int(reach)},
            ),
        )
        for reach in await card.reaches(turn, draft, organization)
    ]
    back = (Choice(turn.say("back"), "card", {"post": draft.post_id}),)
    text = turn.text(turn.say("reach-title"), turn.say("reach-text"))
    await card.put(turn, draft.post_id, Screen(text, (*rows, back)))


async def set_reach(turn: Turn, draft: Submission, reach: Reach) -> None:
    """Take whom the author wants to show it to."""
    if reach not in await card.reaches(turn, draft, await card.organization_of(turn, draft)):
        raise Refused("unknown reach")
    await submissions.change(turn.connection, draft.post_id, reach=int(reach))
    await card.show(turn, draft.post_id)


async def ask_name(turn: Turn, draft: Submission, *, first: bool, anew: bool = False) -> None:
    """Ask in whose name it is; `first` is before the card was ever shown."""
    offered = await card.voices(turn)
    named = Counter(one.organization for one in offered)
    rows = [
        (
            Choice(
                one.organization
                if named[one.organization] == 1
                else role_at(turn, one.kind, one.organization),
                "name",
                {"post": draft.post_id, "role": one.id},
            ),
        )
        for one in offered
    ]
    key, do = ("draft-discard", "discard") if first else ("back", "card")
    last = (Choice(turn.say(key), do, {"post": draft.post_id}),)
    content = await drafts.compose(turn.connection, draft.post_id)
    lines = shorten(content.title or content.body.text, FIRST_WORDS)
    text = turn.text(turn.say("name-title"), lines)
    await card.put(turn, draft.post_id, Screen(text, (*rows, last)), anew=anew)


async def set_name(turn: Turn, draft: Submission, role_id: int) -> None:
    """Take in whose name the author speaks."""
    role = await roles.get(turn.connection, role_id)
    mine = [one.id for one in await access.authors(turn.connection, turn.person_id)]
    if role is None or role.id not in mine:
        raise Refused("not in this role")
    await drafts.speak_as(turn.connection, draft, role, turn.now)
    turn.ring("plans")
    await card.show(turn, draft.post_id)
