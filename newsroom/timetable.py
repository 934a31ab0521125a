"""The timetable: what councils plan, how each plan stands, and what a moment lies too near to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import OrganizationKind, Reach, ReviewState
from newsroom import access
from newsroom.desk import DeskRules
from storage import organizations, posts, reviews, roles, submissions
from storage.organizations import Organization
from storage.posts import RevisionRow
from storage.reviews import Review
from storage.submissions import Submission

NEAR_MS = 30 * 60_000  # posts of one organization closer than this are warned of


class Standing(Enum):
    """How a plan stands, for people."""

    WAITING = auto()
    APPROVED = auto()
    OUT = auto()
    LAPSED = auto()  # nobody approved it in time
    MISSED = auto()  # approved, but it could not go out in time
    RETURNED = auto()
    REFUSED = auto()
    OFF = auto()  # called off


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with what is shown of it: its newest text and the organization's own review."""

    about: Submission
    revision: RevisionRow
    review: Review | None
    standing: Standing


_STANDINGS = {
    ReviewState.WAITING: Standing.WAITING,
    ReviewState.APPROVED: Standing.APPROVED,
    ReviewState.PUBLISHED: Standing.OUT,
    ReviewState.RETURNED: Standing.RETURNED,
    ReviewState.REFUSED: Standing.REFUSED,
    ReviewState.CANCELLED: Standing.OFF,
}


def was_approved(review: Review) -> bool:
    """Tell whether what is overdue had been approved: a decision is forgotten when it is taken back."""
    return review.decided_at is not None


async def read(connection: AsyncConnection, about: Submission) -> Planned:
    """Return a submission as the timetable shows it."""
    own = [
        one
        for one in await reviews.of_post(connection, about.post_id)
        if one.level is Reach.OWN and not one.correction
    ]
    review = own[-1] if own else None
    if about.public_revision_id is not None:
        standing = Standing.OUT
    elif review is None:
        standing = Standing.OFF
    elif review.state is ReviewState.OVERDUE:
        standing = Standing.MISSED if was_approved(review) else Standing.LAPSED
    else:
        standing = _STANDINGS[review.state]
    revision = await posts.latest_revision(connection, about.post_id)
    return Planned(about, revision, review, standing)


async def planned(
    connection: AsyncConnection, organization_ids: Collection[int], start: int, end: int
) -> list[Planned]:
    """Return what organizations plan between two moments (ms UTC), soonest first."""
    found = await submissions.planned(connection, organization_ids, start, end)
    return [await read(connection, one) for one in found]


async def councils(connection: AsyncConnection, person_id: int) -> list[Organization]:
    """Return the organizations whose plan a person sees: those of the own planning roles, and councils below."""
    found: set[int] = set()
    for role in await roles.of_person(connection, person_id):
        if not access.plans(role.kind):
            continue
        below = await organizations.subtree(connection, role.organization_id)
        found |= {
            one.id
            for one in await organizations.named(connection, below)
            if one.kind is OrganizationKind.YOUTH or one.id == role.organization_id
        }
    return await organizations.named(connection, found)


async def neighbours(
    connection: AsyncConnection, about: Submission, at: int
) -> list[tuple[int, int]]:
    """Return (post, moment) of what else an organization lets out around a moment (ms UTC), soonest first."""
    start, end = at - NEAR_MS, at + NEAR_MS + 1
    found: dict[int, int] = {}
    for one in await planned(connection, [about.organization_id], start, end):
        if one.standing in (Standing.WAITING, Standing.APPROVED, Standing.OUT):
            assert one.about.due_at is not None
            found[one.about.post_id] = one.about.due_at
    for review in await reviews.approved_between(connection, about.organization_id, start, end):
        assert review.publish_at is not None
        found.setdefault(review.post_id, review.publish_at)
    found.pop(about.post_id, None)
    return sorted(found.items(), key=lambda item: item[1])


def is_night(rules: DeskRules, moment: datetime) -> bool:
    """Tell whether a local moment lies in the hours in which people sleep."""
    if rules.night is None:
        return False
    start, end = rules.night
    minute = moment.hour * 60 + moment.minute
    if start <= end:
        return start <= minute < end
    return minute >= start or minute < end
