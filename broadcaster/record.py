"""What an errand's outcome writes: the delivery, its messages, the chat, the account, the uploads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from broadcaster.fate import Fate
from broadcaster.words import account_trouble
from core.words import DeliveryState
from storage import accounts, ledger, media
from storage.accounts import AccountRow
from storage.ledger import Claim, Settled


@dataclass(frozen=True, slots=True)
class Record:
    """One delivery's news: its fate (None: only one of its parts arrived), messages made, uploads, what it shows."""

    claim: Claim
    fate: Fate | None
    number: int = 0
    messages: Sequence[str] = ()
    refs: Mapping[str, str] = field(default_factory=dict)
    shows: Sequence[tuple[int, int]] = ()


async def record(
    connection: AsyncConnection,
    account: AccountRow,
    records: Sequence[Record],
    now: int,
    scope: str = "message",
) -> bool:
    """Write all of it inside the caller's transaction; True if a wave was closed by it."""
    closed: frozenset[int] = frozenset()
    refs = {sha: ref for entry in records for sha, ref in entry.refs.items()}
    if refs:
        await media.keep_refs(connection, account.id, scope, refs, now)
    for entry in records:
        if entry.messages and (entry.number > 0 or len(entry.messages) > 1 or entry.fate is None):
            await ledger.keep_messages(
                connection, entry.claim.delivery_id, entry.number, entry.messages
            )
        if entry.shows:
            shown_by = entry.claim.of_id or entry.claim.delivery_id
            await ledger.digest_shown(connection, shown_by, entry.shows)
    settled = [_settled(entry, entry.fate) for entry in records if entry.fate is not None]
    if settled:
        await ledger.settle(connection, settled, now)
        closed = await ledger.close_waves(connection, [e.claim.wave_id for e in records])
    for entry in records:
        if entry.fate is not None:
            closed |= await _aftermath(connection, account, entry.claim, entry.fate, now)
    return bool(closed)


def _settled(entry: Record, fate: Fate) -> Settled:
    first = entry.messages[0] if entry.messages and entry.number == 0 else None
    return Settled(
        entry.claim.delivery_id,
        fate.state,
        fate.reason,
        fate.detail or None,
        first,
        fate.attempts,
        fate.doubt,
        fate.not_before,
        fate.doubt_since,
    )


async def _aftermath(
    connection: AsyncConnection, account: AccountRow, claim: Claim, fate: Fate, now: int
) -> frozenset[int]:
    """Draw the consequences for the chat and the account; returns the waves closed."""
    closed: frozenset[int] = frozenset()
    if fate.chat is not None and fate.reason is not None:
        closed = await ledger.lose_chat(connection, claim.chat_id, fate.chat, fate.reason, now)
    if fate.moved_to is not None:
        await ledger.move_chat(connection, claim.chat_id, fate.moved_to, now)
    if fate.hold_account_until is not None:
        await accounts.set_hold(connection, account.id, fate.hold_account_until)
    trouble = account_trouble(fate.reason) if fate.state is not DeliveryState.SENT else None
    if trouble is not None:
        await accounts.set_trouble(connection, account.id, trouble)
    return closed
