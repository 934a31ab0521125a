"""When a draft is to go out: asked, shown back with date, weekday and zone, warned of, changed."""

from __future__ import annotations

from bots import when
from bots.screens import Choice, Screen
from bots.scripts import plan_words as words
from bots.scripts import submit_card
from bots.scripts.plan_words import NAME, VERSION
from bots.turn import Refused, Turn
from core.words import SubmissionState
from newsroom import plans
from storage import submissions
from storage.submissions import Submission


async def draft(turn: Turn, post_id: int) -> Submission:
    """Return the person's own draft; raises Refused for any other post."""
    about = await submissions.get(turn.connection, post_id)
    if about is None or about.author_id != turn.person_id:
        raise Refused("not the author")
    if about.state is not SubmissionState.DRAFT:
        raise Refused("not a draft any more")
    return about


async def begin(turn: Turn, post_id: int) -> None:
    """Ask when a draft is to go out, or show what was said already."""
    about = await draft(turn, post_id)
    if about.due_at is None or about.due_at <= turn.now:
        await ask(turn, about)
    else:
        await show(turn, about)


async def ask(turn: Turn, about: Submission, note: str = "") -> None:
    """Ask for the moment."""
    args = {"post": about.post_id}
    await when.ask(
        turn,
        script=NAME,
        version=VERSION,
        do="set",
        args=args,
        zone=await words.zone(turn, about),
        title=turn.say("plan-when-title"),
        back=Choice(turn.say("back"), "card", args),
        note=note,
    )


async def show(turn: Turn, about: Submission, remark: str = "") -> None:
    """Show the moment back, so that a wrong one is seen before anybody relies on it."""
    assert about.due_at is not None
    args = {"post": about.post_id}
    text = turn.text(
        turn.say("plan-when-title"),
        remark,
        "\n".join(await words.moment_lines(turn, about, about.due_at)),
        *await words.warnings(turn, about, about.due_at),
    )
    limit = "plan-set-limit" if about.not_after_at is None else "plan-change-limit"
    rows = (
        (Choice(turn.say("plan-right"), "card", args),),
        (Choice(turn.say("plan-other-time"), "ask", args), Choice(turn.say(limit), "limit", args)),
        (Choice(turn.say("plan-soon"), "soon", args),),
        (Choice(turn.say("back"), "card", args),),
    )
    await turn.show(NAME, VERSION, Screen(text, rows))


async def take(turn: Turn, about: Submission, at: int) -> None:
    """Keep the moment (ms UTC) on the draft and show it back; raises Objection."""
    had_limit = about.not_after_at is not None
    where = await words.zone(turn, about)
    await plans.intend(
        turn.connection, about.post_id, turn.person_id, zone=where, due_at=at, now=turn.now
    )
    now = await draft(turn, about.post_id)
    dropped = had_limit and now.not_after_at is None
    await show(turn, now, turn.say("plan-limit-dropped") if dropped else "")


async def release(turn: Turn, about: Submission) -> None:
    """Let a draft go out as soon as it is approved; raises Objection."""
    where = await words.zone(turn, about)
    await plans.intend(
        turn.connection, about.post_id, turn.person_id, zone=where, due_at=None, now=turn.now
    )
    await submit_card.show(turn, about.post_id)
