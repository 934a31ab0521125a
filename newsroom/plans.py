"""Plans: submissions with a moment of their own, and what becomes of them when it is moved or missed.

Like the desk, every function works inside the caller's transaction.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import Reach, ReviewState, SubmissionState
from newsroom import access, drafts
from newsroom.desk import DeskRules
from newsroom.objection import Objection, Why
from newsroom.reviews import cancel_all, lacks_consent, reopen, reread, settle
from storage import journal, submissions
from storage import reviews as rows
from storage.reviews import LIVE, Review
from storage.submissions import Submission

_HOUR_MS = 3_600_000
REMINDERS_MS = (24 * _HOUR_MS, 2 * _HOUR_MS, _HOUR_MS // 4)  # before an unapproved plan's moment


def marks_passed(due_at: int, at: int) -> int:
    """Return for how many reminders it is time, or too late, at a moment (ms UTC)."""
    return sum(due_at - mark <= at for mark in REMINDERS_MS)


async def judges_it(connection: AsyncConnection, about: Submission, person_id: int) -> bool:
    """Tell whether a person decides about a plan; raises Objection when it is none of theirs at all."""
    if await access.may_judge(connection, person_id, about.organization_id):
        return about.state is not SubmissionState.DRAFT or about.author_id == person_id
    if about.author_id != person_id or not await drafts.may_write(connection, about):
        raise Objection(Why.NOT_YOURS)
    return False


async def intend(
    connection: AsyncConnection,
    post_id: int,
    author_id: int,
    *,
    zone: ZoneInfo,
    due_at: int | None,
    now: int,
) -> None:
    """Keep when a draft is to go out (ms UTC), None for as soon as it is approved. Raises Objection.

    A limit that lies before the moment is dropped with it.
    """
    about = await _draft(connection, post_id, author_id)
    if due_at is None:
        await submissions.change(
            connection, post_id, wall=None, zone=None, due_at=None, not_after_at=None
        )
        return
    if due_at <= now:
        raise Objection(Why.PASSED)
    await _set_moment(connection, about, zone, due_at)
    await submissions.change(connection, post_id, touched_at=now)


async def _draft(connection: AsyncConnection, post_id: int, author_id: int) -> Submission:
    about = await submissions.get(connection, post_id)
    if about is None or about.author_id != author_id:
        raise Objection(Why.NOT_YOURS)
    if about.state is not SubmissionState.DRAFT:
        raise Objection(Why.GONE)
    if not await drafts.may_write(connection, about):
        raise Objection(Why.NOT_YOURS)
    return about


async def _set_moment(
    connection: AsyncConnection, about: Submission, zone: ZoneInfo, due_at: int
) -> None:
    local = datetime.fromtimestamp(due_at / 1000, UTC).astimezone(zone)
    last = about.not_after_at
    await submissions.change(
        connection,
        about.post_id,
        wall=f"{local:%Y-%m-%dT%H:%M}",
        zone=zone.key,
        due_at=due_at,
        # Whoever moves it past the limit has another limit in mind.
        not_after_at=None if last is not None and last <= due_at else last,
    )


async def reschedule(
    connection: AsyncConnection,
    rules: DeskRules,
    post_id: int,
    person_id: int,
    *,
    zone: ZoneInfo,
    due_at: int,
    now: int,
) -> None:
    """Give a plan another moment; an author's change wants a new approval, a chair's does not.

    Raises Objection when it is not the person's, has gone out, or the moment has passed.
    """
    about = await _sent(connection, post_id)
    if due_at <= now:
        raise Objection(Why.PASSED)
    judge = await judges_it(connection, about, person_id)
    await _set_moment(connection, about, zone, due_at)
    for review in await rows.of_post(connection, post_id):
        await _move(connection, rules, review, due_at, now, judge=judge)
    await journal.write(
        connection, now, "plan.moved", f"post:{post_id}", person_id, due_at=due_at, zone=zone.key
    )


async def _move(
    connection: AsyncConnection,
    rules: DeskRules,
    before: Review,
    due_at: int,
    now: int,
    *,
    judge: bool,
) -> None:
    # Read anew: what is done to the organization's own review may have ended this one.
    review = await reread(connection, before)
    if review.state is ReviewState.OVERDUE:
        await _lay_again(connection, rules, review, now)
    elif review.state is ReviewState.APPROVED and (judge or review.needed == 0):
        await rows.change(connection, review.id, publish_at=due_at)
    elif review.state is ReviewState.APPROVED and review.level is Reach.OWN:
        # A wider desk is asked again by itself, once the organization has agreed anew.
        await reopen(connection, review, review.revision_id)
    elif review.state is ReviewState.WAITING and not judge:
        # Who has agreed already has agreed to another moment.
        await rows.withdraw_approvals(connection, review.id)
    elif review.state is ReviewState.WAITING:
        # What the first of two named gives way to this.
        await rows.change(connection, review.id, publish_at=None)
    if review.state in LIVE:
        await rows.change(connection, review.id, reminded=marks_passed(due_at, now))


async def _lay_again(
    connection: AsyncConnection, rules: DeskRules, review: Review, now: int
) -> None:
    """Let a desk decide anew; where nobody has to agree it is settled at once."""
    await reopen(connection, review, review.revision_id)
    about = await submissions.get(connection, review.post_id)
    assert about is not None
    if review.needed == 0 and not await lacks_consent(connection, about, review.revision_id):
        await rows.change(connection, review.id, needed=0)
        await settle(connection, rules, await reread(connection, review), about, None, None, now)


async def release(
    connection: AsyncConnection, rules: DeskRules, post_id: int, person_id: int, now: int
) -> None:
    """Let what missed its moment wait for an approval without one. Raises Objection."""
    about = await _sent(connection, post_id)
    await judges_it(connection, about, person_id)
    await submissions.change(
        connection, post_id, wall=None, zone=None, due_at=None, not_after_at=None
    )
    for review in await rows.of_post(connection, post_id):
        if review.state is ReviewState.OVERDUE:
            await _lay_again(connection, rules, review, now)
    await journal.write(connection, now, "plan.released", f"post:{post_id}", person_id)


async def keep_until(
    connection: AsyncConnection, post_id: int, person_id: int, not_after_at: int | None, now: int
) -> None:
    """Say after which moment a plan must not go out any more; None: at any time. Raises Objection."""
    about = await submissions.get(connection, post_id)
    if about is None or about.state is not SubmissionState.DRAFT:
        about = await _sent(connection, post_id)
    else:
        await _draft(connection, post_id, person_id)
    await judges_it(connection, about, person_id)
    if not_after_at is not None and not_after_at <= max(now, about.due_at or now):
        raise Objection(Why.PASSED)
    await submissions.change(connection, post_id, not_after_at=not_after_at)
    await journal.write(connection, now, "plan.limited", f"post:{post_id}", person_id)


async def call_off(connection: AsyncConnection, post_id: int, person_id: int, now: int) -> None:
    """Call a plan off before it went out: its author or who may decide. Raises Objection."""
    about = await _sent(connection, post_id)
    await judges_it(connection, about, person_id)
    await cancel_all(connection, post_id, now)
    await submissions.change(
        connection, post_id, state=int(SubmissionState.DISCARDED), card_at=None, report_at=None
    )
    await journal.write(connection, now, "plan.called-off", f"post:{post_id}", person_id)


async def _sent(connection: AsyncConnection, post_id: int) -> Submission:
    about = await submissions.get(connection, post_id)
    if about is None or about.state is not SubmissionState.SENT:
        raise Objection(Why.GONE)
    if about.public_revision_id is not None:
        raise Objection(Why.TOO_LATE)
    return about


async def last_word(connection: AsyncConnection, post_id: int) -> int | None:
    """Return who last decided something about a post, None where nobody is known."""
    for line in reversed(await journal.about(connection, [f"post:{post_id}"])):
        if line.person_id is not None and line.action.startswith(("plan.", "review.")):
            return line.person_id
    return None


async def next_lapse(connection: AsyncConnection, after: int) -> int | None:
    """Return when the next plan lapses that nobody has approved, after a moment (ms UTC)."""
    found = await rows.undecided_plans(connection)
    return next((one.due_at for one in found if one.due_at > after), None)


async def has_lapsed(connection: AsyncConnection, now: int) -> bool:
    """Tell whether there is anything for `lapse` to do."""
    return any(one.due_at <= now for one in await rows.undecided_plans(connection))


async def lapse(connection: AsyncConnection, now: int) -> list[Review]:
    """Set plans aside whose moment came before anybody approved them; returns these."""
    result = []
    for one in await rows.undecided_plans(connection):
        if one.due_at <= now:
            await rows.change(connection, one.review.id, state=int(ReviewState.OVERDUE))
            await rows.withdraw_approvals(connection, one.review.id)
            await journal.write(connection, now, "plan.lapsed", f"post:{one.review.post_id}")
            result.append(await reread(connection, one.review))
    return result
