"""What conversations need to know of config.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from newsroom.desk import DeskRules


@dataclass(frozen=True, slots=True)
class Settings:
    """The region, who answers for it, and its accounts; minutes count from local midnight.

    `administrators` are (network, external id); `networks` maps a network to its name for people;
    `shared_dialogs` are the accounts whose dialogs a human of the community reads and answers too.
    """

    region: str
    operator_name: str
    operator_contacts: str
    zone: str
    administrators: frozenset[tuple[str, str]] = frozenset()
    networks: Mapping[str, str] = field(default_factory=dict)
    shared_dialogs: frozenset[int] = frozenset()
    digest_minute: int = 19 * 60
    night: tuple[int, int] | None = (21 * 60, 8 * 60)
    rules: DeskRules = field(default_factory=lambda: DeskRules(ZoneInfo("Europe/Moscow")))
