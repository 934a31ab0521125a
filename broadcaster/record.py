"""What errands' outcomes write: deliveries, their messages, chats, accounts, uploads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from broadcaster.fate import Fate
from broadcaster.words import account_trouble
from core.words import DeliveryState, WaveKind
from storage import accounts, ledger, media, showing, whereabouts
from storage.ledger import Claim, Settled

NO_REFS: Mapping[str, str] = MappingProxyType({})


class Record(NamedTuple):
    """One delivery's news: its fate (None: only one of its parts arrived), messages made, uploads, what it shows."""

    account_id: int
    claim: Claim
    fate: Fate | None
    number: int = 0
    messages: Sequence[str] = ()
    refs: Mapping[str, str] = NO_REFS
    scope: str = ""  # of the references
    shows: Sequence[tuple[int, int]] = ()


async def record(connection: AsyncConnection, records: Sequence[Record], now: int) -> bool:
    """Write all of it inside the caller's transaction; True if a wave was closed by it."""
    await _keep_refs(connection, records, now)
    for entry in records:
        if entry.messages and (entry.number > 0 or len(entry.messages) > 1 or entry.fate is None):
            await showing.keep_messages(
                connection, entry.claim.delivery_id, entry.number, entry.messages
            )
        if entry.shows:
            shown_by = entry.claim.of_id or entry.claim.delivery_id
            await showing.digest_shown(connection, shown_by, entry.shows)
    ended = [(entry, entry.fate) for entry in records if entry.fate is not None]
    if not ended:
        return False
    await ledger.settle(connection, [_settled(entry, fate) for entry, fate in ended], now)
    closed = await ledger.close_waves(connection, {entry.claim.wave_id for entry, _ in ended})
    for entry, fate in ended:
        if fate.state is not DeliveryState.SENT or entry.claim.wave_kind is not WaveKind.CREATE:
            closed |= await _aftermath(connection, entry.account_id, entry.claim, fate, now)
    return bool(closed)


async def _keep_refs(connection: AsyncConnection, records: Sequence[Record], now: int) -> None:
    refs: dict[tuple[int, str], dict[str, str]] = {}
    for entry in records:
        if entry.refs:
            refs.setdefault((entry.account_id, entry.scope), {}).update(entry.refs)
    for (account_id, scope), uploaded in refs.items():
        await media.keep_refs(connection, account_id, scope, uploaded, now)


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
    connection: AsyncConnection, account_id: int, claim: Claim, fate: Fate, now: int
) -> frozenset[int]:
    """Draw the consequences for the chat and the account; returns the waves closed."""
    closed: frozenset[int] = frozenset()
    if fate.chat is not None and fate.reason is not None:
        closed = await whereabouts.lose_chat(connection, claim.chat_id, fate.chat, fate.reason, now)
    if fate.moved_to is not None:
        await whereabouts.move_chat(connection, claim.chat_id, fate.moved_to, now)
    if fate.hold_account_until is not None:
        await accounts.set_hold(connection, account_id, fate.hold_account_until)
    trouble = account_trouble(fate.reason) if fate.state is not DeliveryState.SENT else None
    if trouble is not None:
        await accounts.set_trouble(connection, account_id, trouble)
    return closed
