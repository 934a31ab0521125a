"""Posts that people make: the author's side of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import DeliveryState, Pictured, Reach, RoleKind, SubmissionState
from storage import fanouts
from storage.tables import delivery, journal, post, submission, wave


@dataclass(frozen=True, slots=True)
class Submission:
    """A post that a person makes; `organization_id` and `rubric_id` are the post's; times are ms UTC.

    `reach` is whom it is meant for; `wall`, `zone` and `due_at` say when it is planned for. `settled`
    is what the author has chosen by hand, so that nobody asks or guesses it again.
    """

    post_id: int
    organization_id: int
    rubric_id: int | None
    author_id: int | None
    role: RoleKind
    state: SubmissionState
    reach: Reach
    pictured: Pictured | None
    consent_place: str | None
    wall: str | None
    zone: str | None
    due_at: int | None
    not_after_at: int | None
    print: Mapping[str, Any] | None
    like_post_id: int | None
    settled: Mapping[str, Any]
    card_at: int | None
    touched_at: int
    sent_at: int | None
    report_at: int | None
    public_revision_id: int | None
    retracted_at: int | None


_submissions = sa.select(
    submission,
    post.c.organization_id,
    post.c.rubric_id,
    post.c.public_revision_id,
    post.c.retracted_at,
).join(post, post.c.id == submission.c.post_id)


def _read(row: Any) -> Submission:
    return Submission(
        post_id=row.post_id,
        organization_id=row.organization_id,
        rubric_id=row.rubric_id,
        author_id=row.author_id,
        role=RoleKind(row.role),
        state=SubmissionState(row.state),
        reach=Reach(row.reach),
        pictured=None if row.pictured is None else Pictured(row.pictured),
        consent_place=row.consent_place,
        wall=row.wall,
        zone=row.zone,
        due_at=row.due_at,
        not_after_at=row.not_after_at,
        print=row.print,
        like_post_id=row.like_post_id,
        settled=row.settled or {},
        card_at=row.card_at,
        touched_at=row.touched_at,
        sent_at=row.sent_at,
        report_at=row.report_at,
        public_revision_id=row.public_revision_id,
        retracted_at=row.retracted_at,
    )


async def add(
    connection: AsyncConnection,
    post_id: int,
    *,
    author_id: int,
    role: RoleKind,
    reach: Reach,
    now: int,
) -> None:
    """Make a post a draft of its author."""
    await connection.execute(
        sa.insert(submission).values(
            post_id=post_id,
            author_id=author_id,
            role=int(role),
            state=int(SubmissionState.DRAFT),
            reach=int(reach),
            touched_at=now,
        )
    )


async def get(connection: AsyncConnection, post_id: int) -> Submission | None:
    """Return a submission, or None when the post came another way."""
    row = (await connection.execute(_submissions.where(submission.c.post_id == post_id))).first()
    return None if row is None else _read(row)


async def change(connection: AsyncConnection, post_id: int, **values: Any) -> None:
    """Change columns of a submission."""
    await connection.execute(
        sa.update(submission).where(submission.c.post_id == post_id).values(**values)
    )


async def of_author(
    connection: AsyncConnection,
    author_id: int,
    states: Collection[SubmissionState] = (SubmissionState.DRAFT, SubmissionState.SENT),
    limit: int = 8,
    before: int | None = None,
) -> list[Submission]:
    """Return an author's submissions in these states, newest first; `before` is a post id to go on from."""
    query = _submissions.where(
        submission.c.author_id == author_id,
        submission.c.state.in_([int(state) for state in states]),
    )
    if before is not None:
        query = query.where(submission.c.post_id < before)
    rows = await connection.execute(query.order_by(submission.c.post_id.desc()).limit(limit))
    return [_read(row) for row in rows]


async def to_compare(
    connection: AsyncConnection, author_id: int, organization_id: int, since: int, but: int
) -> list[Submission]:
    """Return what the author or the organization has submitted since then, newest first, `but` one."""
    rows = await connection.execute(
        _submissions.where(
            sa.or_(submission.c.author_id == author_id, post.c.organization_id == organization_id),
            submission.c.state == int(SubmissionState.SENT),
            submission.c.sent_at >= since,
            submission.c.print.is_not(None),
            submission.c.post_id != but,
        ).order_by(submission.c.post_id.desc())
    )
    return [_read(row) for row in rows]


async def planned(
    connection: AsyncConnection, organization_ids: Collection[int], start: int, end: int
) -> list[Submission]:
    """Return what these organizations plan between two moments, soonest first."""
    rows = await connection.execute(
        _submissions.where(
            post.c.organization_id.in_(sorted(organization_ids)),
            submission.c.state == int(SubmissionState.SENT),
            submission.c.due_at >= start,
            submission.c.due_at < end,
        ).order_by(submission.c.due_at, submission.c.post_id)
    )
    return [_read(row) for row in rows]


async def cards_due(connection: AsyncConnection, now: int) -> list[Submission]:
    """Return the drafts whose card is to be shown by now."""
    rows = await connection.execute(
        _submissions.where(submission.c.card_at <= now).order_by(submission.c.card_at)
    )
    return [_read(row) for row in rows]


async def next_card(connection: AsyncConnection) -> int | None:
    """Return when the next card is due."""
    at: int | None = await connection.scalar(sa.select(sa.func.min(submission.c.card_at)))
    return at


LOOK_MS = 5_000  # how long it may take to see that something is on its way no more
SOON_MS = 10 * 60_000  # what leaves later than that (night, selections) is named, not waited for
PATIENCE_MS = 15 * 60_000  # an outage is spoken of after so long
UNFINISHED = "report.unfinished"  # the journal's word for a report that had to leave something open

_original = delivery.alias("original")


def _on_its_way(now: int) -> sa.ColumnElement[bool]:
    """Return whether something of the submission's post leaves by itself soon."""
    asked = sa.exists().where(
        _original.c.id == delivery.c.of_id, _original.c.state == int(DeliveryState.UNKNOWN)
    )
    leaving = sa.exists().where(
        wave.c.post_id == submission.c.post_id,
        wave.c.open,
        wave.c.due_at <= now + SOON_MS,
        delivery.c.wave_id == wave.c.id,
        delivery.c.state.in_((1, 2)),
        sa.or_(delivery.c.not_before.is_(None), delivery.c.not_before <= now + SOON_MS),
        sa.not_(asked),  # a person is asked first whether there is anything to change
    )
    return sa.or_(leaving, fanouts.under_way(submission.c.post_id))


async def reports_due(connection: AsyncConnection, now: int) -> list[tuple[Submission, bool]]:
    """Return the submissions whose author is to be told by now, and whether nothing is on its way.

    What is still on its way is waited for, a while the first time, and then until it is settled.
    """
    told = sa.exists().where(
        journal.c.subject == sa.literal("post:") + sa.cast(submission.c.post_id, sa.String),
        journal.c.action == UNFINISHED,
        journal.c.at >= submission.c.report_at,
    )
    moving = _on_its_way(now)
    rows = await connection.execute(
        _submissions.add_columns(sa.not_(moving).label("complete"))
        .where(
            submission.c.report_at <= now,
            sa.or_(
                sa.not_(moving),
                sa.and_(submission.c.report_at <= now - PATIENCE_MS, sa.not_(told)),
            ),
        )
        .order_by(submission.c.report_at)
    )
    return [(_read(row), bool(row.complete)) for row in rows]


async def next_report(connection: AsyncConnection, now: int) -> int | None:
    """Return when to look for reports again: at the next one, soon while one waits, None if none is due."""
    # Few have a report to come.
    earliest: int | None = await connection.scalar(
        sa.select(sa.func.min(submission.c.report_at)).where(submission.c.report_at.is_not(None))
    )
    if earliest is None or earliest > now:
        return earliest
    return now + LOOK_MS


async def forget(connection: AsyncConnection, person_id: int) -> None:
    """Take a forgotten person's name off what they submitted; drafts are dropped."""
    await connection.execute(
        sa.update(submission)
        .where(
            submission.c.author_id == person_id,
            submission.c.state == int(SubmissionState.DRAFT),
        )
        .values(state=int(SubmissionState.DISCARDED), card_at=None)
    )
    await connection.execute(
        sa.update(submission)
        .where(submission.c.author_id == person_id)
        .values(author_id=None, report_at=None)
    )
