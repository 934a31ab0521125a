"""What the desks decide about submissions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import Reach, ReviewState
from storage.rows import insert
from storage.tables import approval, post, review, revision, submission


@dataclass(frozen=True, slots=True)
class Review:
    """One desk's decision about one post; `organization_id` is the desk's, times are ms UTC."""

    id: int
    post_id: int
    level: Reach
    organization_id: int
    state: ReviewState
    needed: int
    revision_id: int
    correction: bool
    taken_by_person_id: int | None
    publish_at: int | None
    decided_by_person_id: int | None
    decided_at: int | None
    reason: str | None
    reminded: int
    asked_at: int | None
    created_at: int


LIVE = (ReviewState.WAITING, ReviewState.APPROVED, ReviewState.OVERDUE)


def _read(row: Any) -> Review:
    return Review(
        id=row.id,
        post_id=row.post_id,
        level=Reach(row.level),
        organization_id=row.organization_id,
        state=ReviewState(row.state),
        needed=row.needed,
        revision_id=row.revision_id,
        correction=row.correction,
        taken_by_person_id=row.taken_by_person_id,
        publish_at=row.publish_at,
        decided_by_person_id=row.decided_by_person_id,
        decided_at=row.decided_at,
        reason=row.reason,
        reminded=row.reminded,
        asked_at=row.asked_at,
        created_at=row.created_at,
    )


async def _many(
    connection: AsyncConnection, *conditions: sa.ColumnElement[bool], order: Any = (review.c.id,)
) -> list[Review]:
    rows = await connection.execute(sa.select(review).where(*conditions).order_by(*order))
    return [_read(row) for row in rows]


async def add(
    connection: AsyncConnection,
    *,
    post_id: int,
    level: Reach,
    organization_id: int,
    needed: int,
    revision_id: int,
    correction: bool,
    now: int,
) -> Review:
    """Lay a revision before a desk."""
    review_id = await insert(
        connection,
        review,
        post_id=post_id,
        level=int(level),
        organization_id=organization_id,
        state=int(ReviewState.WAITING),
        needed=needed,
        revision_id=revision_id,
        correction=correction,
        created_at=now,
    )
    made = await get(connection, review_id)
    assert made is not None
    return made


async def get(connection: AsyncConnection, review_id: int) -> Review | None:
    """Return a review, or None."""
    # What a button names.
    found = await _many(connection, review.c.id == review_id)
    return found[0] if found else None


async def of_post(connection: AsyncConnection, post_id: int) -> list[Review]:
    """Return all reviews of a post, oldest first."""
    # Final ones too: they tell how it came to be.
    return await _many(connection, review.c.post_id == post_id)


async def change(connection: AsyncConnection, review_id: int, **values: Any) -> None:
    """Change columns of a review."""
    await connection.execute(sa.update(review).where(review.c.id == review_id).values(**values))


async def waiting_at(
    connection: AsyncConnection, organization_ids: Collection[int]
) -> list[Review]:
    """Return what waits for these desks, oldest first."""
    # The queue of whoever may decide there.
    return await _many(
        connection,
        review.c.organization_id.in_(sorted(organization_ids)),
        review.c.state.in_([int(ReviewState.WAITING), int(ReviewState.OVERDUE)]),
    )


async def due(connection: AsyncConnection, now: int) -> list[Review]:
    """Return approved reviews whose moment has come, earliest first, of one moment the older first."""
    # By the partial index on publish_at.
    return await _many(
        connection,
        review.c.state == 2,
        review.c.publish_at <= now,
        order=(review.c.publish_at, review.c.id),
    )


async def next_due(connection: AsyncConnection, after: int) -> int | None:
    """Return when the next approved post goes out after a moment (ms UTC)."""
    # By the same index.
    at: int | None = await connection.scalar(
        sa.select(sa.func.min(review.c.publish_at)).where(
            review.c.state == 2, review.c.publish_at > after
        )
    )
    return at


@dataclass(frozen=True, slots=True)
class Undecided:
    """A plan that waits for a decision: its moment, and since when this revision waits (ms UTC)."""

    review: Review
    due_at: int
    laid_at: int


async def undecided_plans(connection: AsyncConnection) -> list[Undecided]:
    """Return what waits for a decision, has a planned moment and is not out yet, soonest first."""
    # Few: plans that nobody has approved yet. Whether more people see what is out has no moment.
    rows = await connection.execute(
        sa.select(review, submission.c.due_at, revision.c.created_at.label("written_at"))
        .join(submission, submission.c.post_id == review.c.post_id)
        .join(post, post.c.id == review.c.post_id)
        .join(revision, revision.c.id == review.c.revision_id)
        .where(
            review.c.state == int(ReviewState.WAITING),
            post.c.public_revision_id.is_(None),
            review.c.correction.is_(sa.false()),
            submission.c.due_at.is_not(None),
        )
        .order_by(submission.c.due_at, review.c.id)
    )
    return [Undecided(_read(row), row.due_at, max(row.created_at, row.written_at)) for row in rows]


async def approved_between(
    connection: AsyncConnection, organization_id: int, start: int, end: int
) -> list[Review]:
    """Return what an organization's own desk lets out between two moments (ms UTC), soonest first."""
    # By the partial index on publish_at.
    return await _many(
        connection,
        review.c.state == 2,
        review.c.organization_id == organization_id,
        review.c.level == int(Reach.OWN),
        review.c.correction.is_(sa.false()),
        review.c.publish_at >= start,
        review.c.publish_at < end,
        order=(review.c.publish_at, review.c.id),
    )


async def overdue_unasked(connection: AsyncConnection) -> list[Review]:
    """Return what fell due and did not go out, about which nobody was asked yet."""
    # One question each.
    return await _many(
        connection, review.c.state == int(ReviewState.OVERDUE), review.c.asked_at.is_(None)
    )


async def last_decided(
    connection: AsyncConnection, organization_ids: Collection[int]
) -> int | None:
    """Return the post that these desks decided about last, or None."""
    # What «История» means to a moderator.
    post_id: int | None = await connection.scalar(
        sa.select(review.c.post_id)
        .where(
            review.c.organization_id.in_(sorted(organization_ids)), review.c.decided_at.is_not(None)
        )
        .order_by(review.c.decided_at.desc(), review.c.id.desc())
        .limit(1)
    )
    return post_id


async def approve(
    connection: AsyncConnection, review_id: int, person_id: int, revision_id: int, now: int
) -> None:
    """Write a person's approval of one revision; a second one changes nothing."""
    known = await connection.scalar(
        sa.select(approval.c.at).where(
            approval.c.review_id == review_id,
            approval.c.person_id == person_id,
            approval.c.revision_id == revision_id,
        )
    )
    if known is None:
        await connection.execute(
            sa.insert(approval).values(
                review_id=review_id, person_id=person_id, revision_id=revision_id, at=now
            )
        )


async def approvers(connection: AsyncConnection, review_id: int, revision_id: int) -> list[int]:
    """Return who has approved this very revision, in order."""
    # Approvals of other revisions have lapsed.
    rows = await connection.scalars(
        sa.select(approval.c.person_id)
        .where(approval.c.review_id == review_id, approval.c.revision_id == revision_id)
        .order_by(approval.c.at)
    )
    return list(rows)


async def withdraw_approvals(connection: AsyncConnection, review_id: int) -> None:
    """Take all approvals of a review back, and the moment that came with them: it is decided anew."""
    # After «Отменить» nobody's word stands.
    await connection.execute(sa.delete(approval).where(approval.c.review_id == review_id))
    # What was named for a moment was named by them.
    await change(connection, review_id, publish_at=None)
