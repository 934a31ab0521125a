"""Reminders of what is planned and not approved yet: a day, two hours and a quarter of an hour before."""

from __future__ import annotations

from bots.screens import Choice, Screen
from bots.scripts import plan_missed as missed
from bots.scripts import plan_words as words
from bots.scripts import review, review_case
from bots.scripts.plan_words import NAME, VERSION
from bots.turn import Turn
from bots.watch import Duty
from newsroom import access, plans
from storage import posts, submissions
from storage import reviews as rows
from storage.reviews import Undecided
from storage.submissions import Submission


async def look(duty: Duty) -> int | None:
    """Remind of plans that nobody approved, and ask about what was missed; returns when next."""
    moments = []
    for one in await rows.undecided_plans(duty.connection):
        async with duty.apart(f"the plan of post {one.review.post_id}"):
            again = await _remind(duty, one)
            if again is not None:
                moments.append(again)
    await missed.ask_all(duty)
    return min(moments, default=None)


async def _remind(duty: Duty, one: Undecided) -> int | None:
    """Remind of a plan if it is time, once for all marks that were missed; returns its next mark."""
    now = duty.now
    if one.due_at <= now:
        return None  # it lapses
    # What was planned after a mark is not reminded of it.
    known = max(one.review.reminded, plans.marks_passed(one.due_at, one.laid_at))
    passed = plans.marks_passed(one.due_at, now)
    if passed > known:
        await rows.change(duty.connection, one.review.id, reminded=passed)
        about = await submissions.get(duty.connection, one.review.post_id)
        assert about is not None
        judges = await access.judges(duty.connection, one.review.organization_id)
        for person_id in dict.fromkeys([*judges, *missed.author(about)]):
            there = await duty.turn_with(person_id)
            if there is not None:
                await _show_reminder(there, about, one, judge=person_id in judges)
    left = [one.due_at - mark for mark in plans.REMINDERS_MS if one.due_at - mark > now]
    return min(left, default=None)


async def _show_reminder(turn: Turn, about: Submission, one: Undecided, *, judge: bool) -> None:
    revision = await posts.get_revision(turn.connection, one.review.revision_id)
    where = await words.zone(turn, about)
    text = turn.text(
        turn.say("plan-reminder-title"),
        words.title(revision, 80),
        turn.say("plan-reminder", when=review_case.moment(turn, one.due_at, where)),
    )
    way = (
        Choice(turn.say("plan-decide"), "open", {"review": one.review.id}, script=review.NAME)
        if judge
        else Choice(turn.say("plan-show"), "open", {"post": about.post_id})
    )
    await turn.show(NAME, VERSION, Screen(text, ((way,),)), anew=True)
