"""Posts and their revisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core import richtext
from core.richtext import RichText
from core.words import PostKind, Reach
from storage.rows import insert
from storage.tables import organization, post, revision, revision_media, submission, wave


@dataclass(frozen=True, slots=True)
class PostRow:
    """What is published; `at` is its own date, ms UTC."""

    id: int
    organization_id: int
    kind: PostKind
    reach: Reach
    rubric_id: int | None
    urgent: bool
    at: int
    retracted_at: int | None = None


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """One version of a post's content."""

    id: int
    post_id: int
    number: int
    title: str
    body: RichText
    link: str | None


async def add(
    connection: AsyncConnection,
    *,
    organization_id: int,
    kind: PostKind,
    reach: Reach,
    rubric_id: int | None,
    urgent: bool,
    at: int,
    now: int,
) -> PostRow:
    """Make a post without content."""
    post_id = await insert(
        connection,
        post,
        organization_id=organization_id,
        kind=int(kind),
        reach=int(reach),
        rubric_id=rubric_id,
        urgent=urgent,
        at=at,
        created_at=now,
    )
    return PostRow(post_id, organization_id, kind, reach, rubric_id, urgent, at)


async def add_revision(
    connection: AsyncConnection,
    post_id: int,
    *,
    title: str,
    body: RichText,
    link: str | None,
    media_ids: Sequence[int],
    now: int,
    by_person_id: int | None = None,
) -> RevisionRow:
    """Add the next revision of a post; returns it."""
    last = await connection.scalar(
        sa.select(sa.func.max(revision.c.number)).where(revision.c.post_id == post_id)
    )
    number = (last or 0) + 1
    revision_id = await insert(
        connection,
        revision,
        post_id=post_id,
        number=number,
        title=title,
        body=richtext.to_json(body),
        link=link,
        by_person_id=by_person_id,
        created_at=now,
    )
    if media_ids:
        await connection.execute(
            revision_media.insert(),
            [
                {"revision_id": revision_id, "position": position, "media_id": media_id}
                for position, media_id in enumerate(media_ids)
            ],
        )
    return RevisionRow(revision_id, post_id, number, title, body, link)


async def get(connection: AsyncConnection, post_id: int) -> PostRow | None:
    """Return a post by id."""
    row = (await connection.execute(sa.select(post).where(post.c.id == post_id))).one_or_none()
    return None if row is None else _post(row)


async def get_revision(connection: AsyncConnection, revision_id: int) -> RevisionRow:
    """Return a revision by id."""
    row = (await connection.execute(sa.select(revision).where(revision.c.id == revision_id))).one()
    return _revision(row)


async def publish(connection: AsyncConnection, post_id: int, revision_id: int) -> None:
    """Let the public see this revision from now on."""
    await connection.execute(
        post.update().where(post.c.id == post_id).values(public_revision_id=revision_id)
    )


async def grant(connection: AsyncConnection, post_id: int, reach: Reach) -> None:
    """Widen whom a post is for."""
    await connection.execute(
        post.update().where(post.c.id == post_id, post.c.reach < int(reach)).values(reach=reach)
    )


async def set_rubric(connection: AsyncConnection, post_id: int, rubric_id: int | None) -> None:
    """Say what a post is about."""
    await connection.execute(post.update().where(post.c.id == post_id).values(rubric_id=rubric_id))


async def assign(connection: AsyncConnection, post_id: int, organization_id: int) -> None:
    """Say whose post it is."""
    await connection.execute(
        post.update().where(post.c.id == post_id).values(organization_id=organization_id)
    )


async def date(connection: AsyncConnection, post_id: int, at: int) -> None:
    """Give a post its own date (ms UTC): the moment it first went out."""
    await connection.execute(post.update().where(post.c.id == post_id).values(at=at))


async def retract(connection: AsyncConnection, post_id: int, now: int) -> bool:
    """Take a post back for good; False if it was taken back before."""
    changed = await connection.execute(
        post.update()
        .where(post.c.id == post_id, post.c.retracted_at.is_(None))
        .values(retracted_at=now)
        .returning(post.c.id)
    )
    return changed.first() is not None


async def public_revision(connection: AsyncConnection, post_id: int) -> RevisionRow | None:
    """Return what the public may see of a post; None if nothing yet, or no longer."""
    row = (
        await connection.execute(
            sa.select(revision)
            .join(post, post.c.public_revision_id == revision.c.id)
            .where(post.c.id == post_id, post.c.retracted_at.is_(None))
        )
    ).first()
    return None if row is None else _revision(row)


async def latest_revision(connection: AsyncConnection, post_id: int) -> RevisionRow:
    """Return the newest revision of a post, public or not; raises NoResultFound without any."""
    row = (
        await connection.execute(
            sa.select(revision)
            .where(revision.c.post_id == post_id)
            .order_by(revision.c.number.desc())
            .limit(1)
        )
    ).one()
    return _revision(row)


async def earlier_revisions(connection: AsyncConnection, row: RevisionRow) -> list[int]:
    """Return the ids of a post's revisions before this one that may be shown, newest first.

    What a person submitted counts only if it was planned to go out: a draft stays unseen.
    """
    planned = sa.select(wave.c.revision_id).where(wave.c.post_id == row.post_id)
    submitted = sa.exists().where(submission.c.post_id == row.post_id)
    rows = await connection.scalars(
        sa.select(revision.c.id)
        .where(
            revision.c.post_id == row.post_id,
            revision.c.number < row.number,
            sa.or_(~submitted, revision.c.id.in_(planned)),
        )
        .order_by(revision.c.number.desc())
    )
    return list(rows)


async def organization_name(connection: AsyncConnection, post_id: int) -> str:
    """Return the short name of the organization that a post speaks for."""
    name = await connection.scalar(
        sa.select(organization.c.short)
        .join(post, post.c.organization_id == organization.c.id)
        .where(post.c.id == post_id)
    )
    return str(name or "")


def _post(row: sa.Row[tuple[object, ...]]) -> PostRow:
    data = row._mapping
    return PostRow(
        data["id"],
        data["organization_id"],
        PostKind(data["kind"]),
        Reach(data["reach"]),
        data["rubric_id"],
        data["urgent"],
        data["at"],
        data["retracted_at"],
    )


def _revision(row: sa.Row[tuple[object, ...]]) -> RevisionRow:
    data = row._mapping
    return RevisionRow(
        data["id"],
        data["post_id"],
        data["number"],
        data["title"],
        richtext.from_json(data["body"]),
        data["link"],
    )
