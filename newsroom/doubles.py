"""Doubles: the same thing submitted twice, by its words and pictures, and what becomes of the second.

Like the desk, every function works inside the caller's transaction.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import SubmissionState
from newsroom import likeness
from newsroom.likeness import Print
from newsroom.objection import Objection, Why
from newsroom.rewrite import Content
from storage import journal, manuscripts, submissions
from storage.submissions import Submission

ALIKE_MS = 7 * 86_400_000  # how far back the same thing is looked for


async def find_double(
    connection: AsyncConnection, draft: Submission, content: Content, now: int
) -> int | None:
    """Return the post that the author or the organization has submitted already, and keep what tells."""
    made = await _print(connection, content)
    like = None
    others = await submissions.to_compare(
        connection, draft.author_id or 0, draft.organization_id, now - ALIKE_MS, draft.post_id
    )
    for other in others:
        if other.post_id in draft.settled.get("other", ()) or other.print is None:
            continue
        if likeness.alike(made, _read_print(other.print)):
            like = other.post_id
            break
    await submissions.change(connection, draft.post_id, print=_print_json(made), like_post_id=like)
    return like


async def is_another(connection: AsyncConnection, draft: Submission) -> None:
    """Note that a draft is not the post it looks like: nobody asks about these two again."""
    other = [*draft.settled.get("other", ()), draft.like_post_id]
    await submissions.change(
        connection, draft.post_id, settled={**draft.settled, "other": other}, like_post_id=None
    )


async def _print(connection: AsyncConnection, content: Content) -> Print:
    looks = await manuscripts.looks(connection, content.pictures)
    return likeness.print_of(content.title, content.body.text, list(looks.values()))


async def merge(connection: AsyncConnection, draft: Submission, replace: bool, now: int) -> int:
    """Put a draft into the post it repeats, in place of what was there or added to it; returns that post.

    Raises Objection when that post is not the author's own or is gone.
    """
    known = await submissions.get(connection, draft.like_post_id or 0)
    if known is None or known.state is not SubmissionState.SENT:
        raise Objection(Why.GONE)
    if known.author_id != draft.author_id:
        raise Objection(Why.NOT_YOURS)
    if replace:
        await manuscripts.drop(connection, known.post_id)
    await manuscripts.move(connection, draft.post_id, known.post_id)
    await submissions.change(
        connection, draft.post_id, state=int(SubmissionState.DISCARDED), card_at=None
    )
    await submissions.change(connection, known.post_id, touched_at=now)
    await journal.write(
        connection,
        now,
        "submission.replaced" if replace else "submission.added",
        f"post:{known.post_id}",
        draft.author_id,
    )
    return known.post_id


async def keep_print(connection: AsyncConnection, post_id: int, content: Content) -> None:
    """Keep by what a submission is known again."""
    made = _print_json(await _print(connection, content))
    await submissions.change(connection, post_id, print=made)


def _print_json(made: Print) -> dict[str, Any]:
    # A text of 30,000 letters has thousands of shingles: packed they take 8 bytes each.
    packed = b"".join(word.to_bytes(8, "big") for word in sorted(made.words))
    return {"words": base64.b64encode(packed).decode(), "pictures": list(made.pictures)}


def _read_print(data: Mapping[str, Any]) -> Print:
    packed = base64.b64decode(data["words"])
    words: Iterable[int] = (
        int.from_bytes(packed[i : i + 8], "big") for i in range(0, len(packed), 8)
    )
    return Print(frozenset(words), tuple(data["pictures"]))
