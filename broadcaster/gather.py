"""Which claimed deliveries one call can serve, and in which order the calls leave: pure rules."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from broadcaster.fate import is_remembered
from core.messenger import Capabilities
from core.words import ChatKind, Lane, WaveKind
from storage.ledger import Claim

CHANGES = (WaveKind.AMEND, WaveKind.RETRACT)  # of messages that are there: repeated freely


@dataclass(frozen=True, slots=True)
class Errand:
    """Deliveries that one call can serve, all of one wave and alike."""

    claims: tuple[Claim, ...]
    marked_together: bool  # whether the in-flight marks were written with the batch

    @property
    def lane(self) -> Lane:
        """Return how urgent it is."""
        return self.claims[0].lane

    def still(self, marked: frozenset[int]) -> Errand:
        """Return it without those of a batch that could not be marked."""
        if not self.marked_together or all(c.delivery_id in marked for c in self.claims):
            return self
        return replace(self, claims=tuple(c for c in self.claims if c.delivery_id in marked))


def gather(
    claims: Iterable[Claim], able: Callable[[ChatKind], Capabilities], now: int
) -> list[Errand]:
    """Put claims together that one call can serve, keeping their order; `now` is ms."""
    packs: dict[tuple[object, ...], list[Claim]] = {}
    order: list[tuple[list[Claim], bool]] = []
    for claim in claims:
        capabilities = able(claim.chat_kind)
        together = _marked_together(claim, capabilities)
        if _goes_alone(claim, capabilities, now):
            order.append(([claim], together))
            continue
        alike = (claim.wave_id, claim.chat_kind, claim.footer, claim.generation, claim.doubt)
        pack = packs.get(alike)
        if pack is None or len(pack) >= capabilities.pack:
            pack = packs[alike] = []
            order.append((pack, together))
        pack.append(claim)
    return [Errand(tuple(pack), together) for pack, together in order]


def shared(errands: Sequence[Errand]) -> list[Errand]:
    """Return errands in the order to leave: urgent ones by turns with the corrections and retractions before them."""
    if not any(e.lane <= Lane.URGENT for e in errands):
        return list(errands)
    changes = deque(e for e in errands if e.lane < Lane.URGENT)
    urgent = deque(e for e in errands if e.lane is Lane.URGENT)
    order: list[Errand] = []
    while changes or urgent:
        order += [waiting.popleft() for waiting in (urgent, changes) if waiting]
    return order + [e for e in errands if e.lane > Lane.URGENT]


def _goes_alone(claim: Claim, capabilities: Capabilities, now: int) -> bool:
    known = claim.claimed_at is not None and is_remembered(capabilities, claim.claimed_at, now)
    return (
        capabilities.pack == 1
        or claim.wave_kind not in (WaveKind.CREATE, WaveKind.RESEND)
        or claim.message is not None
        or (claim.doubt and not known)
    )


def _marked_together(claim: Claim, capabilities: Capabilities) -> bool:
    if claim.wave_kind in CHANGES or capabilities.idempotent:
        return True
    # A second doubt is final, so a marked repeat is in flight only while it really is.
    return claim.chat_kind is ChatKind.PRIVATE and not claim.doubt
