"""Sending again: what was refused for a reason that may have gone meanwhile.

Like the desk, every function works inside the caller's transaction.
"""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import DeliveryState, Lane, Reason, WaveKind
from newsroom import fanout
from newsroom.objection import Objection, Why
from newsroom.publication import REPORT_MS
from newsroom.retraction import answers_for
from storage import candidates, journal, planning, posts, resending, retractions, submissions
from storage.resending import Refusal
from storage.sought import Sought

# What people can mend, or what passes by itself. Whoever stopped us, and a text that no messenger
# of the kind takes, are not tried again.
CHANGING = frozenset(
    {
        Reason.KICKED,
        Reason.NO_RIGHTS,
        Reason.CHAT_NOT_FOUND,
        Reason.TOPIC_CLOSED,
        Reason.BAD_MEDIA,
        Reason.TOKEN_DEAD,
        Reason.NO_WALL_KEY,
        Reason.DAILY_LIMIT,
        Reason.THROTTLED,
        Reason.UNREACHABLE,
        Reason.SERVER_ERROR,
        Reason.CAPTCHA,
        Reason.OTHER,
        Reason.GAVE_UP,
    }
)


async def refused(connection: AsyncConnection, post_id: int, now: int) -> list[Refusal]:
    """Return what may be sent again now: to chats that still wish such posts; none of what was taken back."""
    post = await posts.get(connection, post_id)
    if post is None or await posts.public_revision(connection, post_id) is None:
        return []
    found = await resending.refusals(connection, post_id, CHANGING)
    if not found:
        return []
    # What was granted is the bound: nobody is reached for whom no desk has decided.
    sought = Sought(await fanout.audience(connection, post), post.rubric_id, now)
    wishing = await candidates.wishing(connection, sought, [one.chat_id for one in found])
    return [one for one in found if one.chat_id in wishing]


async def anew(
    connection: AsyncConnection,
    delivery_id: int,
    chat: tuple[int, int],
    revision_id: int,
    now: int,
) -> bool:
    """Take away what is known of a post that arrived in part, and send it whole; False if that was settled.

    `chat` is (account id, chat id). The messages whose numbers nobody knows stay.
    """
    revision = await posts.get_revision(connection, revision_id)
    post = await posts.get(connection, revision.post_id)
    if post is None or not await resending.set_aside(connection, delivery_id, now):
        return False
    account_id, chat_id = chat
    more = {"post_id": post.id, "revision_id": revision_id, "due_at": now, "now": now}
    taken = await planning.add_wave(
        connection, account_id=account_id, kind=WaveKind.RETRACT, lane=Lane.CORRECT, **more
    )
    copy = retractions.Copy(delivery_id, account_id, chat_id, among_others=False)
    await retractions.add(connection, taken, [copy])
    again = await planning.add_wave(
        connection,
        account_id=account_id,
        kind=WaveKind.RESEND,
        lane=Lane.URGENT if post.urgent else Lane.NEWS,
        **more,
    )
    await planning.add_deliveries(connection, [(again, chat_id, DeliveryState.PENDING)])
    return True


async def send_again(
    connection: AsyncConnection, post_id: int, person_id: int, now: int
) -> tuple[int, set[int]]:
    """Send to those that refused once more; returns how many, and the accounts concerned.

    Nothing is left to send after the first press. Raises Objection.
    """
    post = await posts.get(connection, post_id)
    revision = await posts.public_revision(connection, post_id)
    if post is None or revision is None:
        raise Objection(Why.GONE)
    if not await answers_for(connection, person_id, post):
        raise Objection(Why.NOT_YOURS)
    groups: dict[int, list[Refusal]] = defaultdict(list)
    for one in await refused(connection, post_id, now):
        groups[one.account_id].append(one)
    for account_id, of_account in groups.items():
        wave_id = await planning.add_wave(
            connection,
            account_id=account_id,
            kind=WaveKind.RESEND,
            lane=Lane.URGENT if post.urgent else Lane.NEWS,
            due_at=now,
            post_id=post_id,
            revision_id=revision.id,
            now=now,
        )
        await resending.add(connection, wave_id, of_account)
    count = sum(map(len, groups.values()))
    if count:
        await submissions.change(connection, post_id, report_at=now + REPORT_MS)
        await journal.write(
            connection, now, "post.resent", f"post:{post_id}", person_id, count=count
        )
    return count, set(groups)
