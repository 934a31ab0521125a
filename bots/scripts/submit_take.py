"""What an author says: news, or something else that is answered with a sentence."""

from __future__ import annotations

from bots import phrases
from bots.downloads import refusal
from bots.screens import Choice, Screen
from bots.scripts import submit_card as card
from bots.turn import Turn
from core.incoming import Incoming
from newsroom import access, drafts, gathering
from storage import screens

SHORTEST = 15  # code points of a text that is news by itself
COURTESY = 4  # words; a longer text that thanks somebody tells something
QUIET_MS = 60_000  # a hint is not said again at once: albums come as many messages


async def take(turn: Turn) -> bool:
    """Take a message of an author into a draft; False when it is no submission."""
    here = turn.incoming
    mine = await access.authors(turn.connection, turn.person_id)
    if here is None or not mine:
        return False
    if here.reply_to is not None:
        await _hint(turn, "not-a-reply")
        return True
    if not here.media and _is_courtesy(here.text.text):
        return False
    open_post = await gathering.open_draft(turn.connection, turn.person_id, turn.chat.id, here)
    if not _is_worth_it(here) and (open_post is None or not _is_part(here)):
        await _hint(turn, _why_not(here))
        return True
    if open_post is None:
        open_post = await drafts.begin(turn.connection, turn.person_id, mine[0], turn.now)
    await gathering.add(turn.connection, open_post, turn.chat.id, here, turn.now)
    turn.ring("downloads", "drafts")
    return True


def _is_courtesy(text: str) -> bool:
    kind = phrases.courtesy(text)
    if kind is phrases.Courtesy.WORDLESS:
        return True
    return kind is not phrases.Courtesy.OTHER and len(text.split()) <= COURTESY


def _is_worth_it(here: Incoming) -> bool:
    """Tell whether a message begins a submission by itself."""
    if any(refusal(kind) is None for kind in here.media):
        return True
    return here.album is not None or len(here.text.text.strip()) >= SHORTEST


def _is_part(here: Incoming) -> bool:
    """Tell whether a message goes with others of an open draft."""
    return bool(here.text.text.strip())


def _why_not(here: Incoming) -> str:
    found = [refusal(kind) for kind in here.media]
    return next((key for key in found if key is not None), "too-short")


async def _hint(turn: Turn, key: str) -> None:
    before = await screens.last_shown(turn.connection, turn.chat.id, f"{card.NAME}.{key}")
    if before is not None and turn.now - before < QUIET_MS:
        return
    work = Choice(turn.say("menu-work"), "menu", script="work")
    lines = [turn.say(key)]
    if key != "too-short":
        lines.append(turn.say("how-to-send"))
    # The screen's name tells the next time what was said.
    text = turn.text(None, *lines)
    await turn.show(f"{card.NAME}.{key}", card.VERSION, Screen(text, ((work,),)))
