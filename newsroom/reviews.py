"""Reviews: a desk's decision about a revision, from «waiting» to approved for a moment.

The organization vouches first, then the desk of a wider reach is asked about the very same revision.
Like the desk, every function works inside the caller's transaction.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import Pictured, Reach, ReviewState
from newsroom import access
from newsroom.desk import DeskRules
from newsroom.objection import Objection, Why
from storage import journal, media, organizations, posts, submissions
from storage import reviews as rows
from storage.reviews import LIVE, Review
from storage.submissions import Submission

UNDO_MS = 60_000  # nothing leaves before this much time to think again

_OPEN = (ReviewState.WAITING, ReviewState.OVERDUE)
_AGREED = (ReviewState.APPROVED, ReviewState.PUBLISHED)


async def open_review(
    connection: AsyncConnection,
    rules: DeskRules,
    about: Submission,
    revision_id: int,
    level: Reach,
    now: int,
    *,
    correction: bool = False,
) -> Review:
    """Lay a revision before the desk of a level; where nobody has to agree it is approved at once."""
    desk_id = await access.desk_for(connection, about.organization_id, level)
    needed = await needed_at(connection, rules, desk_id, level)
    lacks = await lacks_consent(connection, about, revision_id)
    review = await rows.add(
        connection,
        post_id=about.post_id,
        level=level,
        organization_id=desk_id,
        needed=max(needed, 1) if lacks else needed,
        revision_id=revision_id,
        correction=correction,
        now=now,
    )
    if review.needed == 0:
        await settle(connection, rules, review, about, None, None, now)
    return await reread(connection, review)


async def needed_at(
    connection: AsyncConnection, rules: DeskRules, desk_id: int, level: Reach
) -> int:
    """Return how many must agree at a desk: by its policy, for more than its own channels at least one."""
    found = await organizations.by_id(connection, desk_id)
    own = found.approvals if found is not None else None
    needed = rules.approvals if own is None else own
    return needed if level is Reach.OWN else max(needed, 1)


async def lacks_consent(connection: AsyncConnection, about: Submission, revision_id: int) -> bool:
    """Tell whether children are pictured and nobody said where their parents' consent is kept."""
    if about.pictured is not Pictured.CHILDREN or about.consent_place:
        return False
    return bool(await media.of_revision(connection, revision_id))


async def take(connection: AsyncConnection, review_id: int, person_id: int, now: int) -> Review:
    """Say «I see to it»; another moderator's word is taken over. Raises Objection."""
    review, _ = await open_for(connection, review_id, person_id)
    await rows.change(connection, review.id, taken_by_person_id=person_id)
    await note(connection, now, "review.taken", review, person_id)
    return await reread(connection, review)


async def approve(
    connection: AsyncConnection,
    rules: DeskRules,
    review_id: int,
    person_id: int,
    revision_id: int,
    now: int,
    at: int | None = None,
) -> Review:
    """Approve the revision that was seen, to go out at a moment (ms UTC) or after the minute to undo.

    The review stays open while more have to agree. Raises Objection: nobody approves what they
    did not see, without right, or with children whose parents were not asked.
    """
    review, about = await open_for(connection, review_id, person_id)
    if revision_id != review.revision_id:
        raise Objection(Why.CHANGED)
    if await lacks_consent(connection, about, revision_id):
        raise Objection(Why.CONSENT)
    if at is not None and at <= now:
        raise Objection(Why.PASSED)
    last = about.not_after_at
    if last is not None and (review.state is ReviewState.OVERDUE or (at or last) > last):
        # Whoever lets it out late, or names a later moment, decides over «not after» too.
        await submissions.change(connection, about.post_id, not_after_at=None)
    await rows.approve(connection, review.id, person_id, revision_id, now)
    await note(connection, now, "review.approved", review, person_id)
    if at is None and review.publish_at is not None and review.publish_at > now:
        at = review.publish_at
    if len(await agreed(connection, review)) >= review.needed:
        await settle(connection, rules, review, about, person_id, at, now)
    elif at is not None:
        # Whoever agrees next agrees to this moment, unless they name another.
        await rows.change(connection, review.id, publish_at=at)
    return await reread(connection, review)


async def agreed(connection: AsyncConnection, review: Review) -> list[int]:
    """Return who has approved the revision that lies before the desk and may still decide there."""
    found = await rows.approvers(connection, review.id, review.revision_id)
    judges = await access.judges(connection, review.organization_id)
    return [person_id for person_id in found if person_id in judges]


async def settle(
    connection: AsyncConnection,
    rules: DeskRules,
    review: Review,
    about: Submission,
    person_id: int | None,
    at: int | None,
    now: int,
) -> None:
    """Write that a desk has agreed, and lay the revision before the next desk if there is one."""
    if at is None and not review.correction and about.due_at is not None and about.due_at > now:
        at = about.due_at
    moments = [now + UNDO_MS if at is None else at]
    for other in await rows.of_post(connection, about.post_id):
        # A wider circle does not run ahead of the organization itself.
        if other.id != review.id and other.state is ReviewState.APPROVED and other.publish_at:
            moments.append(other.publish_at)
    wider = await _wider(connection, review, about)
    out_there = await is_granted(connection, about)
    # What the wider circle has already changes for everybody at once: both desks agree first.
    held = wider is not None and out_there
    await rows.change(
        connection,
        review.id,
        state=int(ReviewState.APPROVED),
        publish_at=None if held else max(moments),
        decided_by_person_id=person_id,
        decided_at=now,
        asked_at=None,
    )
    if wider is not None:
        opened = await open_review(
            connection, rules, about, review.revision_id, wider, now, correction=out_there
        )
        if opened.organization_id == review.organization_id:
            await _carry(connection, rules, review, opened, about, person_id, at, now)


async def _wider(connection: AsyncConnection, review: Review, about: Submission) -> Reach | None:
    """Return the level whose desk is asked next, None when there is none or it said no for good."""
    if review.level is not Reach.OWN:
        return None
    post = await posts.get(connection, about.post_id)
    assert post is not None
    wider = max(about.reach, post.reach)
    if wider is Reach.OWN:
        return None
    before = [o for o in await rows.of_post(connection, about.post_id) if o.level is wider]
    refused = post.reach is Reach.OWN and any(o.state is ReviewState.REFUSED for o in before)
    return None if refused or any(o.state in LIVE for o in before) else wider


async def is_granted(connection: AsyncConnection, about: Submission) -> bool:
    """Tell whether a post is out beyond its organization's own channels."""
    post = await posts.get(connection, about.post_id)
    return post is not None and post.reach is not Reach.OWN


async def _carry(
    connection: AsyncConnection,
    rules: DeskRules,
    review: Review,
    opened: Review,
    about: Submission,
    person_id: int | None,
    at: int | None,
    now: int,
) -> None:
    """Let those who decide at both levels say it once."""
    for one in await agreed(connection, review):
        await rows.approve(connection, opened.id, one, opened.revision_id, now)
    if len(await agreed(connection, opened)) >= opened.needed:
        await settle(connection, rules, opened, about, person_id, at, now)


async def undo(connection: AsyncConnection, review_id: int, person_id: int, now: int) -> Review:
    """Take an approval back before anything left; the desk decides anew. Raises Objection."""
    review, _ = await known(connection, review_id)
    if not await access.may_judge(connection, person_id, review.organization_id):
        raise Objection(Why.NOT_YOURS)
    if review.state is ReviewState.PUBLISHED:
        raise Objection(Why.TOO_LATE)
    if review.state is not ReviewState.APPROVED:
        raise Objection(Why.DECIDED, review.decided_by_person_id)
    await reopen(connection, review, review.revision_id)
    await note(connection, now, "review.undone", review, person_id)
    return await reread(connection, review)


async def reopen(connection: AsyncConnection, review: Review, revision_id: int) -> None:
    """Let a desk decide anew, about this revision; nobody else is asked until it has."""
    await rows.withdraw_approvals(connection, review.id)
    await rows.change(
        connection,
        review.id,
        state=int(ReviewState.WAITING),
        # What went out by nobody's word the first time is looked at by somebody the second.
        needed=max(review.needed, 1),
        revision_id=revision_id,
        publish_at=None,
        decided_by_person_id=None,
        decided_at=None,
        asked_at=None,
    )
    await recall_wider(connection, review)


async def recall_wider(connection: AsyncConnection, review: Review) -> None:
    """Take back what a desk's word had led to: it is asked again once the desk has agreed anew."""
    if review.level is not Reach.OWN:
        return
    for other in await rows.of_post(connection, review.post_id):
        if other.id > review.id and other.state in LIVE:
            await rows.change(
                connection, other.id, state=int(ReviewState.CANCELLED), publish_at=None
            )


async def send_back(
    connection: AsyncConnection,
    rules: DeskRules,
    review_id: int,
    person_id: int,
    reason: str,
    now: int,
    *,
    refuse: bool,
) -> Review:
    """Return a post to its author, or refuse it, with a reason; what is out stays. Raises Objection."""
    review, about = await open_for(connection, review_id, person_id)
    state = ReviewState.REFUSED if refuse else ReviewState.RETURNED
    await rows.change(
        connection,
        review.id,
        state=int(state),
        reason=reason,
        decided_by_person_id=person_id,
        decided_at=now,
    )
    action = "review.refused" if refuse else "review.returned"
    await note(connection, now, action, review, person_id)
    if review.correction:
        await _without_correction(connection, rules, review, about, now)
    return await reread(connection, review)


async def _without_correction(
    connection: AsyncConnection, rules: DeskRules, review: Review, about: Submission, now: int
) -> None:
    """Go on as if a correction had not been asked for: the older text stands, and may go farther."""
    stands: int | None = None
    for other in await rows.of_post(connection, about.post_id):
        if other.state is ReviewState.APPROVED and other.correction and other.publish_at is None:
            await cancel(connection, other, now)
        elif other.level is Reach.OWN and other.state in _AGREED:
            stands = other.revision_id
    wider = await _wider(connection, review, about)
    if wider is not None and stands is not None and not await is_granted(connection, about):
        await open_review(connection, rules, about, stands, wider, now)


async def say_consent(
    connection: AsyncConnection, review_id: int, person_id: int, place: str, now: int
) -> Review:
    """Note where the parents' written consent is kept. Raises Objection."""
    review, about = await open_for(connection, review_id, person_id)
    await submissions.change(connection, about.post_id, consent_place=place)
    await note(connection, now, "post.consent", review, person_id)
    return review


async def may_go_out(connection: AsyncConnection, review: Review, about: Submission) -> bool:
    """Tell whether everybody agreed to this very revision: enough at the desk, and the organization.

    What was said of the children in it since then counts too.
    """
    if await lacks_consent(connection, about, review.revision_id):
        return False
    agreed_here = await rows.approvers(connection, review.id, review.revision_id)
    if len(agreed_here) < review.needed:
        return False
    return review.level is Reach.OWN or any(
        other.level is Reach.OWN
        and other.state in _AGREED
        and other.revision_id == review.revision_id
        for other in await rows.of_post(connection, review.post_id)
    )


async def cancel_all(connection: AsyncConnection, post_id: int, now: int) -> None:
    """Let no desk decide about a post any more."""
    for review in await rows.of_post(connection, post_id):
        if review.state in (*LIVE, ReviewState.RETURNED):
            await cancel(connection, review, now)


async def cancel(connection: AsyncConnection, review: Review, now: int) -> None:
    """End a review without a decision."""
    await rows.change(
        connection, review.id, state=int(ReviewState.CANCELLED), decided_at=now, publish_at=None
    )


async def known(connection: AsyncConnection, review_id: int) -> tuple[Review, Submission]:
    """Return a review and what it is about; raises Objection when it is no more."""
    review = await rows.get(connection, review_id)
    about = None if review is None else await submissions.get(connection, review.post_id)
    if review is None or about is None or review.state is ReviewState.CANCELLED:
        raise Objection(Why.GONE)
    return review, about


async def open_for(
    connection: AsyncConnection, review_id: int, person_id: int
) -> tuple[Review, Submission]:
    """Return a review that a person may decide now, and what it is about; raises Objection."""
    review, about = await known(connection, review_id)
    if not await access.may_judge(connection, person_id, review.organization_id):
        raise Objection(Why.NOT_YOURS)
    if review.state not in _OPEN:
        raise Objection(Why.DECIDED, review.decided_by_person_id)
    return review, about


async def reread(connection: AsyncConnection, review: Review) -> Review:
    """Return a review as it stands now."""
    found = await rows.get(connection, review.id)
    assert found is not None
    return found


async def note(
    connection: AsyncConnection, now: int, action: str, review: Review, person_id: int
) -> None:
    """Write a line of the journal about a review."""
    await journal.write(
        connection,
        now,
        action,
        f"post:{review.post_id}",
        person_id,
        level=int(review.level),
        revision=review.revision_id,
    )
