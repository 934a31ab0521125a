"""A newer revision of what lies before the desks: older approvals lapse, and who is asked again.

Like the desk, every function works inside the caller's transaction.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import Reach, ReviewState, SubmissionState
from newsroom import access
from newsroom.desk import DeskRules
from newsroom.objection import Objection, Why
from newsroom.reviews import (
    approve,
    cancel,
    cancel_all,
    known,
    lacks_consent,
    note,
    open_for,
    open_review,
    reopen,
    reread,
    settle,
)
from storage import reviews as rows
from storage import submissions
from storage.reviews import LIVE, Review
from storage.submissions import Submission


async def lay_anew(
    connection: AsyncConnection, rules: DeskRules, about: Submission, revision_id: int, now: int
) -> list[Review]:
    """Lay a newer revision before the organization's desk; returns the review that is about it now.

    What was approved waits again, what was returned is laid anew, what is out gets a correction. A
    wider desk is asked once the organization has agreed; what was refused stays so.
    """
    out = about.public_revision_id is not None
    kept: Review | None = None
    last: Review | None = None
    for review in await rows.of_post(connection, about.post_id):
        ours = review.level is Reach.OWN and review.correction is out
        last = review if ours else last
        if review.state not in LIVE:
            continue
        older, kept = (kept, review) if ours else (review, kept)
        if older is not None:
            await cancel(connection, older, now)
    if kept is not None:
        return [await _renew(connection, rules, kept, about, revision_id, now)]
    if not out and last is not None and last.state is not ReviewState.RETURNED:
        return []
    return [
        await open_review(connection, rules, about, revision_id, Reach.OWN, now, correction=out)
    ]


async def _renew(
    connection: AsyncConnection,
    rules: DeskRules,
    review: Review,
    about: Submission,
    revision_id: int,
    now: int,
) -> Review:
    await reopen(connection, review, revision_id)
    if review.state is ReviewState.OVERDUE:
        await rows.change(connection, review.id, state=int(ReviewState.OVERDUE))
    elif review.needed == 0 and not await lacks_consent(connection, about, revision_id):
        await rows.change(connection, review.id, needed=0)
        await settle(connection, rules, await reread(connection, review), about, None, None, now)
    return await reread(connection, review)


async def edited(
    connection: AsyncConnection,
    rules: DeskRules,
    review_id: int,
    person_id: int,
    seen_revision_id: int,
    revision_id: int,
    now: int,
) -> None:
    """Lay a moderator's own revision in place of the one that was seen. Raises Objection.

    What a wider desk edits goes to the organization first: nobody else changes what it says. Who
    decides there too has said yes by editing.
    """
    review, about = await open_for(connection, review_id, person_id)
    if review.revision_id != seen_revision_id:
        raise Objection(Why.CHANGED)
    await note(connection, now, "review.edited", review, person_id)
    if review.level is Reach.OWN:
        await lay_anew(connection, rules, about, revision_id, now)
        return
    await cancel(connection, review, now)
    own = await open_review(connection, rules, about, revision_id, Reach.OWN, now, correction=True)
    if own.state is ReviewState.WAITING and await access.may_judge(
        connection, person_id, own.organization_id
    ):
        await approve(connection, rules, own.id, person_id, revision_id, now)


async def recall(
    connection: AsyncConnection, review_id: int, author_id: int, now: int
) -> Submission:
    """Let an author take back what nobody had to approve, before it leaves; returns what it was.

    A post becomes a draft again, whose card is due; of what is out only the correction is dropped.
    Raises Objection.
    """
    review, about = await known(connection, review_id)
    if about.author_id != author_id or review.level is not Reach.OWN:
        raise Objection(Why.NOT_YOURS)
    if review.state is ReviewState.PUBLISHED:
        raise Objection(Why.TOO_LATE)
    if review.state is not ReviewState.APPROVED or review.decided_by_person_id is not None:
        raise Objection(Why.DECIDED, review.decided_by_person_id)
    await cancel_all(connection, about.post_id, now)
    await note(connection, now, "post.recalled", review, author_id)
    if about.public_revision_id is None:
        await submissions.change(
            connection,
            about.post_id,
            state=int(SubmissionState.DRAFT),
            sent_at=None,
            card_at=now,
            touched_at=now,
        )
    return about
