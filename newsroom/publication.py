"""Publication: what is approved goes out at its moment, and whom it reaches.

Like the desk, every function works inside the caller's transaction.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import Reach, ReviewState, SubmissionState
from newsroom import desk, fanout
from newsroom.desk import DeskRules
from newsroom.reviews import cancel, may_go_out, recall_wider, reopen
from storage import audience, journal, posts, submissions
from storage import reviews as rows
from storage.audience import Destination
from storage.reviews import Review
from storage.sought import Sought
from storage.submissions import Submission

REPORT_MS = 3_000  # the author is told once the couriers had a moment


async def go_out(
    connection: AsyncConnection, rules: DeskRules, review: Review, now: int
) -> set[int]:
    """Publish an approved review whose moment has come; what comes too late is asked about instead.

    Returns the accounts whose courier has something new to do.
    """
    assert review.publish_at is not None
    about = await submissions.get(connection, review.post_id)
    if about is None or about.state is not SubmissionState.SENT or about.retracted_at is not None:
        await cancel(connection, review, now)
        return set()
    if not await may_go_out(connection, review, about):
        await reopen(connection, review, review.revision_id)
        await journal.write(connection, now, "post.held", f"post:{about.post_id}")
        return set()
    too_late = about.not_after_at is not None and now > about.not_after_at
    if (now - review.publish_at > rules.grace_ms or too_late) and not review.correction:
        await rows.change(connection, review.id, state=int(ReviewState.OVERDUE), publish_at=None)
        await rows.withdraw_approvals(connection, review.id)
        # Nobody else may let out what the organization itself has to be asked about.
        await recall_wider(connection, review)
        await journal.write(connection, now, "post.overdue", f"post:{about.post_id}")
        return set()
    touched = await _publish(connection, rules, review, about, now)
    await _settle(connection, review)
    await submissions.change(connection, about.post_id, report_at=now + REPORT_MS)
    await journal.write(
        connection,
        now,
        "post.corrected" if review.correction else "post.published",
        f"post:{about.post_id}",
        level=int(review.level),
    )
    return touched


async def _settle(connection: AsyncConnection, review: Review) -> None:
    """Write that a review is out, with those that agreed to the same correction and waited for it."""
    for other in await rows.of_post(connection, review.post_id):
        waited = other.state is ReviewState.APPROVED and other.publish_at is None
        if other.id == review.id or (waited and other.revision_id == review.revision_id):
            await rows.change(connection, other.id, state=int(ReviewState.PUBLISHED))


async def _publish(
    connection: AsyncConnection, rules: DeskRules, review: Review, about: Submission, now: int
) -> set[int]:
    touched: set[int] = set()
    if about.public_revision_id is None:
        await posts.date(connection, about.post_id, now)
        await posts.publish(connection, about.post_id, review.revision_id)
    elif about.public_revision_id != review.revision_id:
        # There is one public text: what is out already gets the newer one.
        touched |= await desk.carry_correction(connection, about.post_id, review.revision_id, now)
    if review.correction:
        return touched
    await posts.grant(connection, about.post_id, review.level)
    post = await posts.get(connection, about.post_id)
    assert post is not None
    revision = await posts.get_revision(connection, review.revision_id)  # it can be read
    return touched | await fanout.plan(
        connection,
        rules.zone,
        post,
        revision.id,
        now,
        to=await fanout.audience(connection, post, review.level),
        scheduled=about.due_at is not None,
        first=about.public_revision_id is None,
    )


async def destinations(
    connection: AsyncConnection,
    organization_id: int,
    rubric_id: int | None,
    reach: Reach,
    now: int,
) -> list[Destination]:
    """Return where a post of an organization goes, before anything is planned."""
    ids = await fanout.reached(connection, organization_id, reach)
    return await audience.reached(connection, Sought(ids, rubric_id, now))
