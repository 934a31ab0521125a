"""Drafts: what an author has sent is gathered, composed, and laid before the desks.

Like the desk, every function works inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import FileState, Pictured, PostKind, Reach, SubmissionState
from newsroom import access, doubles, likeness, reviews, revising
from newsroom.desk import DeskRules
from newsroom.likeness import Print
from newsroom.manuscript import Manuscript, manuscript, too_long
from newsroom.objection import Objection, Why
from newsroom.rewrite import Content
from newsroom.rubrics import rubric_of
from storage import journal, manuscripts, media, posts, roles, submissions
from storage.posts import RevisionRow
from storage.reviews import Review
from storage.roles import Role
from storage.submissions import Submission

MOST_PICTURES = 30


async def begin(connection: AsyncConnection, author_id: int, role: Role, now: int) -> int:
    """Open a draft of its author in a role; returns the post's id."""
    post = await posts.add(
        connection,
        organization_id=role.organization_id,
        kind=PostKind.NEWS,
        reach=Reach.OWN,
        rubric_id=None,
        urgent=False,
        at=now,
        now=now,
    )
    await submissions.add(
        connection, post.id, author_id=author_id, role=role.kind, reach=Reach.OWN, now=now
    )
    return post.id


async def may_write(connection: AsyncConnection, about: Submission) -> bool:
    """Tell whether the author still holds a role in which this submission may be worked on."""
    if about.author_id is None:
        return False
    for role in await access.authors(connection, about.author_id):
        if role.kind is about.role and await access.covers(connection, role, about.organization_id):
            return True
    return False


async def speak_as(connection: AsyncConnection, draft: Submission, role: Role, now: int) -> None:
    """Let a draft be made in another role of its author, from now on the first to be offered."""
    await roles.use(connection, role.id, now)
    await posts.assign(connection, draft.post_id, role.organization_id)
    await submissions.change(
        connection,
        draft.post_id,
        role=int(role.kind),
        # Whom it may be shown to depends on whose it is.
        reach=int(draft.reach if role.organization_id == draft.organization_id else Reach.OWN),
        settled={**draft.settled, "role": True},
    )
    if not access.plans(role.kind):
        await submissions.change(
            connection, draft.post_id, wall=None, zone=None, due_at=None, not_after_at=None
        )


async def compose(connection: AsyncConnection, post_id: int) -> Content:
    """Return what the author's messages make: a title, a text, the pictures in order.

    Of more than `MOST_PICTURES` the first are taken.
    """
    messages = await manuscripts.messages(connection, post_id)
    attached = await manuscripts.files(connection, post_id)
    pieces = []
    for message in messages:
        pieces.append(message.text)
        pieces += [f.text for f in attached if f.message_id == message.id and f.text is not None]
    made = manuscript(pieces)
    pictures = await _distinct(connection, messages, attached)
    return Content(made.title, made.body, tuple(pictures[:MOST_PICTURES]))


async def pictures_left_out(connection: AsyncConnection, post_id: int) -> int:
    """Return how many pictures of a submission are more than one may have."""
    messages = await manuscripts.messages(connection, post_id)
    attached = await manuscripts.files(connection, post_id)
    return max(0, len(await _distinct(connection, messages, attached)) - MOST_PICTURES)


async def _distinct(
    connection: AsyncConnection,
    messages: Sequence[manuscripts.Message],
    attached: Sequence[manuscripts.File],
) -> list[int]:
    """Return each picture once: an album sent in both messengers is recompressed, and looks the same."""
    chat_of = {message.id: message.chat_id for message in messages}
    looks = await manuscripts.looks(connection, {one for f in attached for one in f.pictures})
    first: dict[int, int] = {}  # the chat in which a picture came first
    for one in attached:
        chat_id = chat_of[one.message_id]
        for picture in one.pictures:
            seen = Print(frozenset(), (looks.get(picture, 0),))
            if picture not in first and not any(
                chat_id != before
                and likeness.alike(seen, Print(frozenset(), (looks.get(known, 0),)))
                for known, before in first.items()
            ):
                first[picture] = chat_id
    return list(first)


async def is_complete(connection: AsyncConnection, post_id: int) -> bool:
    """Tell whether all bytes are here, or known never to come."""
    attached = await manuscripts.files(connection, post_id)
    return all(one.state is not FileState.WAITING for one in attached)


async def guess_rubric(
    connection: AsyncConnection, rules: DeskRules, post_id: int, content: Content
) -> int | None:
    """Give a draft the theme that its words speak for, unless its author chose one; returns it."""
    draft = await submissions.get(connection, post_id)
    if draft is not None and draft.settled.get("theme"):
        return draft.rubric_id
    rubric_id = rubric_of(rules.rubrics, content.title, content.body.text, ())
    await posts.set_rubric(connection, post_id, rubric_id)
    return rubric_id


async def send(
    connection: AsyncConnection, rules: DeskRules, post_id: int, author_id: int, now: int
) -> Review:
    """Submit a draft: its first revision is written and laid before its organization's desk.

    Raises Objection when it is not the author's, not a draft, or something is missing.
    """
    draft = await submissions.get(connection, post_id)
    if draft is None or draft.author_id != author_id:
        raise Objection(Why.NOT_YOURS)
    content = await compose(connection, post_id)
    await ready(connection, draft, content, now)
    revision = await write_revision(connection, post_id, content, author_id, now)
    await submissions.change(
        connection, post_id, state=int(SubmissionState.SENT), sent_at=now, card_at=None
    )
    await journal.write(
        connection, now, "post.submitted", f"post:{post_id}", author_id, revision=revision.number
    )
    return await reviews.open_review(connection, rules, draft, revision.id, Reach.OWN, now)


async def ready(connection: AsyncConnection, draft: Submission, content: Content, now: int) -> None:
    """Raise Objection for what keeps a draft from being sent now."""
    if draft.state is not SubmissionState.DRAFT:
        raise Objection(Why.GONE)
    if not await may_write(connection, draft):
        raise Objection(Why.NOT_YOURS)
    if not await is_complete(connection, draft.post_id):
        raise Objection(Why.NOT_READY)
    check(content, pictured_in(draft, content))
    if draft.due_at is not None and draft.due_at <= now:
        raise Objection(Why.PASSED)


def pictured_in(about: Submission, content: Content) -> Pictured | None:
    """Return who is in the pictures, None when it was not said, or was said before some of them came."""
    said_of = about.settled.get("pictures")
    if said_of is not None and not set(content.pictures) <= set(said_of):
        return None
    return about.pictured


async def say_pictured(
    connection: AsyncConnection, about: Submission, pictured: Pictured, content: Content
) -> None:
    """Note who is in the pictures that are there now."""
    await submissions.change(
        connection,
        about.post_id,
        pictured=int(pictured),
        consent_place=about.consent_place if pictured is Pictured.CHILDREN else None,
        settled={**about.settled, "pictures": list(content.pictures)},
    )


def check(content: Content, pictured: Pictured | None) -> None:
    """Raise Objection for what nobody can publish."""
    if not content.body and not content.pictures:
        raise Objection(Why.EMPTY)
    if too_long(Manuscript(content.title, content.body)):
        raise Objection(Why.TOO_LONG)
    if content.pictures and pictured is None:
        raise Objection(Why.PICTURED)


async def write_revision(
    connection: AsyncConnection, post_id: int, content: Content, person_id: int, now: int
) -> RevisionRow:
    """Add a revision in a person's name."""
    return await posts.add_revision(
        connection,
        post_id,
        title=content.title,
        body=content.body,
        link=None,
        media_ids=content.pictures,
        now=now,
        by_person_id=person_id,
    )


async def content_of(connection: AsyncConnection, revision: RevisionRow) -> Content:
    """Return a revision as content."""
    rows = await media.of_revision(connection, revision.id)
    return Content(revision.title, revision.body, tuple(row.id for row in rows))


@dataclass(frozen=True, slots=True)
class Renewed:
    """What an author's change led to: a new revision, and the reviews that it laid before a desk.

    `offer` says that the post is out, so a correction is the author's to ask for.
    """

    revision_id: int | None = None
    before: Content | None = None
    after: Content | None = None
    reviews: tuple[Review, ...] = ()
    offer: bool = False


async def renew(
    connection: AsyncConnection,
    rules: DeskRules,
    post_id: int,
    now: int,
    *,
    correct: bool = False,
) -> Renewed:
    """Make what the author's messages say now the newest revision, if it says anything new.

    Approvals of older revisions lapse by that. What is out already is left alone unless `correct`;
    then a correction is laid before the desk. Raises Objection for what nobody can publish.
    """
    known = await submissions.get(connection, post_id)
    if known is None or known.state is not SubmissionState.SENT or known.author_id is None:
        raise Objection(Why.GONE)
    if not await may_write(connection, known):
        raise Objection(Why.NOT_YOURS)
    latest = await posts.latest_revision(connection, post_id)
    before, after = await content_of(connection, latest), await compose(connection, post_id)
    if (before.title, before.body, before.pictures) == (after.title, after.body, after.pictures):
        return Renewed()
    check(after, pictured_in(known, after))
    if known.public_revision_id is not None and not correct:
        return Renewed(before=before, after=after, offer=True)
    revision = await write_revision(connection, post_id, after, known.author_id, now)
    await doubles.keep_print(connection, post_id, after)
    await journal.write(
        connection,
        now,
        "post.changed",
        f"post:{post_id}",
        known.author_id,
        revision=revision.number,
    )
    opened = await revising.lay_anew(connection, rules, known, revision.id, now)
    return Renewed(revision.id, before, after, tuple(opened))


async def discard(connection: AsyncConnection, post_id: int, author_id: int, now: int) -> None:
    """Drop a draft, or withdraw what was submitted and has not gone out yet; raises Objection."""
    known = await submissions.get(connection, post_id)
    if known is None or known.author_id != author_id:
        raise Objection(Why.NOT_YOURS)
    if known.state not in (SubmissionState.DRAFT, SubmissionState.SENT):
        raise Objection(Why.GONE)
    if known.public_revision_id is not None:
        raise Objection(Why.TOO_LATE)
    await reviews.cancel_all(connection, post_id, now)
    await submissions.change(
        connection, post_id, state=int(SubmissionState.DISCARDED), card_at=None, report_at=None
    )
    if known.state is SubmissionState.DRAFT:
        await manuscripts.drop(connection, post_id)
    await journal.write(connection, now, "post.withdrawn", f"post:{post_id}", author_id)
