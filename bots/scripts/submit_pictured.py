"""Who is in the pictures: asked once, and of children where their parents' consent is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bots import phrases
from bots.screens import Choice, Screen, tick
from bots.scripts import submit_card as card
from bots.turn import Turn
from core.words import Pictured, SubmissionState
from newsroom import drafts
from storage import dialogs, manuscripts, submissions
from storage.submissions import Submission

ASKED_MS = 30 * 60_000  # a text that comes later is none of the answer
PLACE = (3, 200)  # code points of an answer


async def ask(turn: Turn, about: Submission, then: str) -> None:
    """Ask who is in the pictures; `then` is where to go on: to the card, to send, to renew what was sent."""
    args = {"post": about.post_id, "then": then}
    content = await drafts.compose(turn.connection, about.post_id)
    said = drafts.pictured_in(about, content)
    rows = [
        (Choice(tick(turn.say(key), said is who), "who", {**args, "who": int(who)}),)
        for who, key in card.PICTURED_WORDS.items()
    ]
    rows.append((Choice(turn.say("pictures-drop"), "drop-pictures", args),))
    back = ("back", "card") if about.state is SubmissionState.DRAFT else ("edit-leave", "leave")
    rows.append((Choice(turn.say(back[0]), back[1], args),))
    text = turn.text(turn.say("pictured-title"), turn.say("pictured-text"))
    await card.put(turn, about.post_id, Screen(text, tuple(rows)))


async def take(turn: Turn, about: Submission, who: Pictured) -> None:
    """Note who is in the pictures."""
    content = await drafts.compose(turn.connection, about.post_id)
    await drafts.say_pictured(turn.connection, about, who, content)


async def ask_place(turn: Turn, about: Submission, then: str) -> None:
    """Ask where the parents' written consent is kept; the answer is a text."""
    args = {"post": about.post_id, "then": then}
    data = {"ask": "consent", **args, "at": turn.now}
    await dialogs.put(turn.connection, turn.chat.id, card.NAME, card.VERSION, data, turn.now)
    rows = (
        (Choice(turn.say("consent-later-button"), "consent-later", args),),
        (Choice(turn.say("pictures-drop"), "drop-pictures", args),),
        (Choice(turn.say("back"), "pictured", args),),
    )
    text = turn.text(turn.say("consent-place-title"), turn.say("consent-place-text"))
    await card.put(turn, about.post_id, Screen(text, rows))


async def said_place(turn: Turn, data: Mapping[str, Any]) -> Submission | None:
    """Take where the consent is kept; None when a message says something else."""
    assert turn.incoming is not None
    text = " ".join(turn.incoming.text.text.split())
    about = await submissions.get(turn.connection, data["post"])
    asked = (
        about is not None
        and about.author_id == turn.person_id
        and about.pictured is Pictured.CHILDREN
        and about.state in (SubmissionState.DRAFT, SubmissionState.SENT)
        and turn.now - data["at"] < ASKED_MS
    )
    if not asked or turn.incoming.media or phrases.command(text) is not None:
        return None
    if not PLACE[0] <= len(text) <= PLACE[1]:
        return None
    await submissions.change(turn.connection, data["post"], consent_place=text)
    await turn.note("post.consent", f"post:{data['post']}")
    await dialogs.drop(turn.connection, turn.chat.id)
    return await submissions.get(turn.connection, data["post"])


async def drop_pictures(turn: Turn, about: Submission) -> None:
    """Take the pictures out: nobody has to be asked about them."""
    await manuscripts.drop_pictures(turn.connection, about.post_id)
    if about.state is SubmissionState.DRAFT:
        await submissions.change(turn.connection, about.post_id, pictured=None, consent_place=None)
    # What lies before the desks may keep its pictures: what was said of these still counts.
    await turn.note("post.pictures-dropped", f"post:{about.post_id}")
