"""«Работа»: who a person is here, and what the roles let them do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bots import names
from bots.screens import Choice, Screen
from bots.turn import Refused, Turn
from core.words import RoleKind
from newsroom import access
from storage import chats, reviews, roles
from storage.roles import Role

NAME = "work"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Duties:
    """What a person does here, as roles stand; `network` is an administrator of it all."""

    roles: Sequence[Role] = ()
    network: bool = False

    def _any(self, *kinds: RoleKind) -> bool:
        return any(one.kind in kinds for one in self.roles)

    @property
    def works(self) -> bool:
        """Tell whether there is anything at all."""
        return self.network or bool(self.roles)

    @property
    def submits(self) -> bool:
        """Tell whether the person writes news."""
        return self._any(*access.AUTHORS)

    @property
    def decides(self) -> bool:
        """Tell whether the person decides about news."""
        return self._any(*access.JUDGES, *access.YOUTH_JUDGES)

    @property
    def plans(self) -> bool:
        """Tell whether the person plans posts."""
        return any(access.plans(one.kind) for one in self.roles)

    @property
    def invites(self) -> bool:
        """Tell whether the person looks after people."""
        return self.network or self._any(RoleKind.ADMINISTRATOR)


async def duties(turn: Turn) -> Duties:
    """Return what a person does here now."""
    mine = await roles.of_person(turn.connection, turn.person_id)
    return Duties(mine, await turn.is_administrator())


async def press(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    """Do what a button of this script says."""
    if do != "menu":
        raise Refused("unknown action")
    await menu(turn)


async def menu(turn: Turn) -> None:
    """Show the ways that the person's roles open."""
    mine = await duties(turn)
    text = (
        turn.text(
            turn.say("menu-work"),
            "\n".join(_who(turn, mine)),
            turn.say("work-send") if mine.submits else "",
        )
        if mine.works
        else turn.text(
            turn.say("menu-work"),
            turn.say("work-none"),
            turn.say("people-whom-to-ask", contacts=turn.settings.operator_contacts),
        )
    )
    await turn.show(NAME, VERSION, Screen(text, tuple(await _ways(turn, mine))))


def _who(turn: Turn, mine: Duties) -> list[str]:
    held = [names.role_at(turn, one.kind, one.organization) for one in mine.roles]
    if mine.network:
        held.insert(0, turn.say("role-network"))
    return [turn.say("work-you", roles="; ".join(held))]


async def _ways(turn: Turn, mine: Duties) -> list[tuple[Choice, ...]]:
    rows: list[tuple[Choice, ...]] = []
    if mine.submits:
        rows.append((Choice(turn.say("menu-mine"), "menu", script="mine"),))
    if mine.decides:
        desks = await access.desks_of(turn.connection, turn.person_id)
        count = len(await reviews.waiting_at(turn.connection, desks))
        rows.append((Choice(turn.say("menu-queue", count=count), "menu", script="review"),))
    if mine.plans:
        rows.append((Choice(turn.say("menu-plan"), "menu", script="plan"),))
    if mine.invites:
        rows.append((Choice(turn.say("menu-people"), "menu", script="people"),))
    if mine.network or await chats.connected(turn.connection, turn.person_id):
        rows.append((Choice(turn.say("my-channels"), "list", script="channels"),))
    if mine.network:
        rows.append((Choice(turn.say("menu-halt"), "menu", script="stop"),))
    if len(turn.settings.networks) > 1:
        rows.append((Choice(turn.say("menu-join"), "join", script="people"),))
    rows.append((Choice(turn.say("back"), "menu", script="subscriptions"),))
    return rows
