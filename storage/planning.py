"""The waves and deliveries that carry a post, as they are written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain

from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import DeliveryState, Lane, WaveKind
from storage.rows import hot

_TOGETHER = 512  # deliveries asked about in one statement


async def add_wave(
    connection: AsyncConnection,
    *,
    account_id: int,
    kind: WaveKind,
    lane: Lane,
    due_at: int,
    post_id: int | None,
    revision_id: int | None,
    now: int,
) -> int:
    """Make a wave; returns its id."""
    (row,) = await hot(
        connection,
        "INSERT INTO wave (account_id, kind, lane, due_at, post_id, revision_id, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (account_id, int(kind), int(lane), due_at, post_id, revision_id, now),
    )
    return int(row[0])


async def add_deliveries(
    connection: AsyncConnection, planned: Iterable[tuple[int, int, DeliveryState]]
) -> None:
    """Add deliveries, at least one: (wave id, chat id, state)."""
    # Driver-level: Core's inserts cost four times as much, and a post may have a million of these.
    await hot(
        connection,
        "INSERT INTO delivery (wave_id, chat_id, state, attempts, generation, doubt)"
        " VALUES (?, ?, ?, 0, 0, FALSE)",
        [(wave_id, chat_id, int(state)) for wave_id, chat_id, state in planned],
    )


async def add_to_digests(
    connection: AsyncConnection,
    chosen: Iterable[tuple[int, int, int]],
    *,
    post_id: int,
    now: int,
) -> None:
    """Put a post into selections, opened on demand: (account id, due moment, chat id), each chat once."""
    left = list(chosen)
    opened = await _open_digests(connection, {due_at for _, due_at, _ in left})
    fresh: set[int] = set()
    nth = 0
    while left:
        pairs: list[tuple[int, int]] = []
        for account_id, due_at, chat_id in left:
            waves = opened[account_id, due_at]
            if len(waves) == nth:
                waves.append(await _add_digest(connection, account_id, due_at, now))
                fresh.add(waves[nth])
            pairs.append((waves[nth], chat_id))
        # Where a chat's selection was called off or lost, it gets one in another wave.
        settled = await _settled(connection, [pair for pair in pairs if pair[0] not in fresh])
        await _select_into(connection, [pair for pair in pairs if pair not in settled], post_id)
        left = [one for one, pair in zip(left, pairs, strict=True) if pair in settled]
        nth += 1


async def _open_digests(
    connection: AsyncConnection, moments: Iterable[int]
) -> dict[tuple[int, int], list[int]]:
    """Return the waves of selections that are open, by account and due moment, oldest first."""
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for due_at in moments:
        rows = await hot(
            connection,
            "SELECT account_id, id FROM wave"
            " WHERE kind = ? AND due_at = ? AND lane = ? AND open ORDER BY id",
            (int(WaveKind.DIGEST), due_at, int(Lane.DIGEST)),
        )
        for account_id, wave_id in rows:
            found[account_id, due_at].append(wave_id)
    return found


async def _add_digest(connection: AsyncConnection, account_id: int, due_at: int, now: int) -> int:
    return await add_wave(
        connection,
        account_id=account_id,
        kind=WaveKind.DIGEST,
        lane=Lane.DIGEST,
        due_at=due_at,
        post_id=None,
        revision_id=None,
        now=now,
    )


async def _settled(
    connection: AsyncConnection, pairs: Sequence[tuple[int, int]]
) -> set[tuple[int, int]]:
    """Return those of (wave id, chat id) whose delivery waits no longer."""
    found: set[tuple[int, int]] = set()
    for begin in range(0, len(pairs), _TOGETHER):
        asked = pairs[begin : begin + _TOGETHER]
        # There are few sizes, so few statements: the last pair is asked about several times.
        size = 1 << (len(asked) - 1).bit_length()
        asked = [*asked, *[asked[-1]] * (size - len(asked))]
        statement = _SETTLED.format(
            more=", (?, ?)" * (size - 1), pending=int(DeliveryState.PENDING)
        )
        rows = await hot(connection, statement, tuple(chain.from_iterable(asked)))
        found.update((wave_id, chat_id) for wave_id, chat_id in rows)
    return found


# One search in an index for each pair: SQLite reads whole waves for «(wave_id, chat_id) IN (…)».
_SETTLED = """
WITH pair (wave_id, chat_id) AS (VALUES (CAST(? AS BIGINT), CAST(? AS BIGINT)){more})
SELECT d.wave_id, d.chat_id FROM pair CROSS JOIN delivery d
WHERE d.wave_id = pair.wave_id AND d.chat_id = pair.chat_id AND d.state <> {pending}"""


async def _select_into(
    connection: AsyncConnection, pairs: Sequence[tuple[int, int]], post_id: int
) -> None:
    if not pairs:
        return
    pairs = sorted(pairs)  # pages of the tables' indexes are written one after the other
    await hot(
        connection,
        "INSERT INTO delivery (wave_id, chat_id, state, attempts, generation, doubt)"
        " VALUES (?, ?, ?, 0, 0, FALSE) ON CONFLICT (wave_id, chat_id) DO NOTHING",
        [(wave_id, chat_id, int(DeliveryState.PENDING)) for wave_id, chat_id in pairs],
    )
    await hot(
        connection,
        "INSERT INTO digest_item (delivery_id, post_id) SELECT id, ? FROM delivery"
        " WHERE wave_id = ? AND chat_id = ? ON CONFLICT DO NOTHING",
        [(post_id, wave_id, chat_id) for wave_id, chat_id in pairs],
    )
