"""Retraction: a post is taken back everywhere, whatever became of its copies.

Like the desk, every function works inside the caller's transaction.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from core.richtext import RichText
from core.words import Lane, SubmissionState, WaveKind
from newsroom import access, reviews
from newsroom.objection import Objection, Why
from newsroom.publication import REPORT_MS
from storage import journal, planning, posts, retractions, submissions
from storage.posts import PostRow
from storage.retractions import Copy


async def answers_for(connection: AsyncConnection, person_id: int, post: PostRow) -> bool:
    """Tell whether a post that is out is a person's to look after, as roles stand now.

    Its author's in a role still held, and that of who decides what its organization says.
    """
    if await access.may_judge(connection, person_id, post.organization_id):
        return True
    about = await submissions.get(connection, post.id)
    if about is None or about.author_id != person_id:
        return False
    for role in await access.authors(connection, person_id):
        if await access.covers(connection, role, post.organization_id):
            return True
    return False


async def may_retract(connection: AsyncConnection, person_id: int, post_id: int) -> bool:
    """Tell whether there is something out to take back, and this person may."""
    post = await posts.get(connection, post_id)
    if post is None or await posts.public_revision(connection, post_id) is None:
        return False
    return await answers_for(connection, person_id, post)


async def retract(
    connection: AsyncConnection,
    post_id: int,
    person_id: int,
    reason: str,
    notice: RichText,
    now: int,
) -> set[int]:
    """Take a post back for good; returns the accounts whose courier has something to do.

    Queued copies are cancelled, delivered ones are deleted, newest first; where the messenger
    refuses that, `notice` takes the place of the text. Raises Objection.
    """
    post = await posts.get(connection, post_id)
    if post is None or await posts.public_revision(connection, post_id) is None:
        raise Objection(Why.GONE)
    if not await answers_for(connection, person_id, post):
        raise Objection(Why.NOT_YOURS)
    await posts.retract(connection, post_id, now)
    await reviews.cancel_all(connection, post_id, now)
    if await submissions.get(connection, post_id) is not None:
        await submissions.change(
            connection,
            post_id,
            state=int(SubmissionState.RETRACTED),
            card_at=None,
            report_at=now + REPORT_MS,
        )
    await journal.write(
        connection, now, "post.retracted", f"post:{post_id}", person_id, reason=reason
    )
    await retractions.call_off(connection, post_id, now)
    shown = await retractions.copies(connection, post_id)
    if not shown:
        return set()
    revision = await posts.add_revision(
        connection, post_id, title="", body=notice, link=None, media_ids=(), now=now
    )
    return await _plan(connection, post_id, revision.id, shown, now)


async def _plan(
    connection: AsyncConnection, post_id: int, notice_id: int, shown: Sequence[Copy], now: int
) -> set[int]:
    groups: dict[tuple[int, WaveKind, int], list[Copy]] = defaultdict(list)
    times: Counter[int] = Counter()
    for copy in shown:
        # A selection loses one entry; one that held nothing else goes as a whole.
        kind = WaveKind.AMEND if copy.among_others else WaveKind.RETRACT
        # A wave holds one delivery a chat: a second copy there goes with the next wave.
        groups[copy.account_id, kind, times[copy.chat_id]].append(copy)
        times[copy.chat_id] += 1
    for (account_id, kind, _), copies in groups.items():
        wave_id = await planning.add_wave(
            connection,
            account_id=account_id,
            kind=kind,
            lane=Lane.RETRACT,
            due_at=now,
            post_id=post_id,
            revision_id=notice_id,
            now=now,
        )
        await retractions.add(connection, wave_id, copies)
    return {account_id for account_id, _, _ in groups}
