"""Lists to choose organizations and topics from, shared by every conversation that needs them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from bots.screens import Choice, page_of, tick
from bots.turn import Turn
from core.words import OrganizationKind
from storage import organizations, rubrics
from storage.organizations import Organization

Rows = list[tuple[Choice, ...]]

# How people look for an organization; a group without members is not shown.
GROUPS: Mapping[str, tuple[str, tuple[OrganizationKind, ...]]] = {
    "industry": ("group-industry", (OrganizationKind.MEMBER,)),
    "territory": ("group-territory", (OrganizationKind.COUNCIL,)),
    "primary": ("group-primary", (OrganizationKind.PRIMARY,)),
    "other": ("group-other", (OrganizationKind.YOUTH, OrganizationKind.TRAINING)),
}


@dataclass(frozen=True, slots=True)
class Picker:
    """What the buttons of a list do: `open` shows a group, `pick` takes an entry, `home` leads back.

    With `ticked` every entry shows whether it is chosen, and picking asks for the contrary. `args`
    go with every button. `within` leaves out all other organizations.
    """

    open: str
    pick: str
    home: str
    ticked: Collection[int] | None = None
    args: Mapping[str, Any] = field(default_factory=dict)
    within: Collection[int] | None = None

    def offers(self, organization: Organization) -> bool:
        """Tell whether an organization is among those to choose from."""
        return self.within is None or organization.id in self.within

    def entry(self, label: str, what: str, one: int, **place: Any) -> Choice:
        """Return the button of one entry."""
        args = {**self.args, what: one, **place}
        if self.ticked is None:
            return Choice(label, self.pick, args)
        on = one in self.ticked
        return Choice(tick(label, on), self.pick, {**args, "on": not on})


async def groups(turn: Turn, picker: Picker) -> Rows:
    """Return a button for each group of organizations and one for the whole region."""
    federation = await organizations.federation(turn.connection)
    rows: Rows = []
    if picker.ticked is not None:
        # Among ticks it is one more organization and goes by its name.
        rows.append((picker.entry(federation.short, "organization", federation.id),))
    for group, (key, kinds) in GROUPS.items():
        if any(map(picker.offers, await organizations.of_kinds(turn.connection, kinds))):
            args = {**picker.args, "group": group, "page": 0}
            rows.append((Choice(turn.say(key), picker.open, args),))
    if picker.ticked is None and picker.offers(federation):
        rows.append((picker.entry(turn.say("group-region"), "organization", federation.id),))
    return rows


async def members(turn: Turn, picker: Picker, group: str, page: int) -> Rows:
    """Return one page of a group of organizations."""
    _, kinds = GROUPS[group]
    entries = [
        picker.entry(one.short, "organization", one.id, group=group, page=page)
        for one in await organizations.of_kinds(turn.connection, kinds)
        if picker.offers(one)
    ]
    return _paged(turn, entries, page, picker, {"group": group})


async def topics(turn: Turn, picker: Picker, page: int) -> Rows:
    """Return one page of the topics."""
    entries = [
        picker.entry(one.name, "rubric", one.id, page=page)
        for one in await rubrics.living(turn.connection)
    ]
    return _paged(turn, entries, page, picker, {})


def _paged(
    turn: Turn, entries: list[Choice], page: int, picker: Picker, place: Mapping[str, Any]
) -> Rows:
    shown, more = page_of(entries, page)
    # One step back: to the page before, from the first page to where the list was opened.
    back = (
        Choice(turn.say("back"), picker.open, {**picker.args, **place, "page": page - 1})
        if page > 0
        else Choice(turn.say("back"), picker.home, picker.args)
    )
    steps = [back]
    if more:
        steps.append(
            Choice(turn.say("further"), picker.open, {**picker.args, **place, "page": page + 1})
        )
    return [*((choice,) for choice in shown), tuple(steps)]
