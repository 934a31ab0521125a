"""Which deliveries of an account go next, and when there is something again. All moments are ms UTC."""

from __future__ import annotations

from itertools import groupby, product
from operator import itemgetter

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import Lane
from storage import holds, ledger
from storage.ledger import Claim
from storage.rows import hot

HELD_FROM = Lane.URGENT  # a stop lets talk, retractions and corrections through

# The account's waves that are due, most urgent lane first. One in which only people are asked is open too.
_DUE = """
SELECT id, lane FROM wave
WHERE account_id = ? AND open AND due_at <= ? AND lane < ?
  AND EXISTS (SELECT 1 FROM delivery d WHERE d.wave_id = wave.id AND d.state IN (1, 2))
ORDER BY lane, due_at, id
"""

# What may go of one wave: first in, first out for each chat and lane. What changes or takes away the
# messages of a create waits until that is settled (of one in doubt a channel's owner is asked; in a
# dialog it lapses), and holds up only what changes the same create: never two of these at once, and
# a retraction before every amend. What stands before it in its chat is looked up in each of the
# account's waves that are due and open, for these are few: an index by chat of all that waits would
# be a fifth of the ledger.
_CLAIM = (
    ledger.CLAIM_COLUMNS
    + """
FROM delivery d
JOIN wave w ON w.id = d.wave_id
JOIN chat c ON c.id = d.chat_id
LEFT JOIN delivery o ON o.id = d.of_id
WHERE d.wave_id = ? AND d.state IN (1, 2) AND d.state = 1 AND (d.attempts > 0) = ?
  AND (d.not_before IS NULL OR d.not_before <= ?)
  AND (d.of_id IS NULL OR (o.state NOT IN (1, 2) AND (o.state <> 5 OR c.kind = 1)))
  AND NOT EXISTS (
    SELECT 1 FROM wave v CROSS JOIN delivery e
    WHERE v.account_id = w.account_id AND v.open AND v.due_at <= ? AND v.id <> w.id
      AND e.wave_id = v.id AND e.chat_id = d.chat_id AND (e.state = 1 OR e.state = 2)
      AND ((v.lane = w.lane AND (e.state = 2 OR ((e.of_id IS NULL OR e.of_id = d.of_id)
          AND (v.due_at < w.due_at OR (v.due_at = w.due_at AND e.id < d.id)))))
        OR (e.of_id = d.of_id AND (e.state = 2 OR v.lane < w.lane)))
      {first_may_go})
  {may_go}
ORDER BY d.id
LIMIT ?
"""
)

# A stopped organization: neither its posts, nor its channels, nor selections that hold its posts.
_MAY_GO = """
AND ({wave}.lane < 4 OR NOT EXISTS (
  SELECT 1 FROM chat hc WHERE hc.id = {row}.chat_id AND hc.organization_id IN ({stopped})
  UNION ALL
  SELECT 1 FROM post hp WHERE hp.id = {wave}.post_id AND hp.organization_id IN ({stopped})
  UNION ALL
  SELECT 1 FROM digest_item hi JOIN post hq ON hq.id = hi.post_id
  WHERE hi.delivery_id = {row}.id AND hq.organization_id IN ({stopped})))
"""


async def claimable(
    connection: AsyncConnection, account_id: int, network: str, now: int, limit: int
) -> list[Claim]:
    """Return the next deliveries of an account, at most one a chat and lane, stops respected.

    They come by lane, at most `limit`, but what is urgent has a limit of its own: a long retraction
    or correction leaves room for it.
    """
    stops = await holds.in_force(connection)
    below = HELD_FROM if stops.everything or network in stops.networks else Lane.DIGEST + 1
    stopped = ", ".join(str(int(i)) for i in sorted(stops.organizations))
    query = _CLAIM.format(
        may_go=_MAY_GO.format(wave="w", row="d", stopped=stopped) if stopped else "",
        first_may_go=_MAY_GO.format(wave="v", row="e", stopped=stopped) if stopped else "",
    )
    due = await hot(connection, _DUE, (account_id, now, int(below)))
    found: list[Claim] = []
    for lane, waves in groupby(due, key=itemgetter(1)):
        ids = [row[0] for row in waves]
        most = len(found) + limit if lane == Lane.URGENT else limit
        # In a lane, new work goes before what is tried again.
        for again, wave_id in product((False, True), ids):
            if len(found) >= most:
                break
            rows = await hot(connection, query, (wave_id, again, now, now, most - len(found)))
            found.extend(map(ledger.read_claim, rows))
    return found


async def next_moment(connection: AsyncConnection, account_id: int, now: int) -> int | None:
    """Return when something of the account falls due that is not due now."""
    values = {"account": account_id, "now": now}
    waves = await connection.scalar(
        sa.text(
            "SELECT min(due_at) FROM wave WHERE account_id = :account AND open AND due_at > :now"
        ),
        values,
    )
    # CROSS keeps SQLite from reading all deliveries there ever were.
    retries = await connection.scalar(
        sa.text(
            "SELECT min(d.not_before) FROM wave w CROSS JOIN delivery d WHERE d.wave_id = w.id"
            " AND d.state IN (1, 2) AND d.state = 1 AND d.not_before > :now"
            " AND w.account_id = :account AND w.open"
        ),
        values,
    )
    return min((m for m in (waves, retries) if m is not None), default=None)
