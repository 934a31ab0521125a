"""The exact preview: what each kind of destination will show, made by the same `fit` as the sending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bots.turn import Turn
from core import richtext
from core.messenger import MediaFile, Part
from core.words import ChatKind, Reach
from newsroom.fit import fit
from newsroom.publication import destinations
from newsroom.rewrite import Content
from storage import media

_KINDS = {
    ChatKind.PRIVATE: "preview-dialogs",
    ChatKind.GROUP: "preview-groups",
    ChatKind.CHANNEL: "preview-channels",
    ChatKind.WALL: "preview-walls",
}
LISTED = 12  # destinations named one by one


@dataclass(frozen=True, slots=True)
class View:
    """One way a post will look, and for whom."""

    labels: tuple[str, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a post reaches: the names of channels, groups and walls, and how many subscribers."""

    places: tuple[str, ...]
    subscribers: int


async def views(
    turn: Turn, content: Content, organization_id: int, rubric_id: int | None, reach: Reach
) -> tuple[list[View], Audience]:
    """Return every way a post will look, those that look alike together, and whom it reaches."""
    found = await destinations(turn.connection, organization_id, rubric_id, reach, turn.now)
    pictures = await _pictures(turn, content.pictures)
    places: list[str] = []
    subscribers = 0
    looks: dict[tuple[Part, ...], dict[str, None]] = {}
    fitted: dict[object, tuple[Part, ...]] = {}
    for one in found:
        footer = None if one.footer is None else richtext.from_json(one.footer)
        if one.kind is ChatKind.PRIVATE:
            subscribers += one.count
        else:
            places.append(one.title)
        capabilities = turn.abilities.capabilities(one.account_id, one.kind)
        key = (capabilities, footer)
        if key not in fitted:
            fitted[key] = fit(
                content.body, pictures, capabilities, title=content.title, footer=footer
            )
        name = turn.settings.networks.get(one.network, one.network)
        label = turn.say("preview-of", network=name, kind=turn.say(_KINDS[one.kind]))
        looks.setdefault(fitted[key], {})[label] = None
    result = [View(tuple(labels), parts) for parts, labels in looks.items()]
    if not result:
        # Nobody follows it yet: the author still sees what it would be, as shown right here.
        own = turn.abilities.capabilities(turn.chat.account_id, ChatKind.PRIVATE)
        result = [View((), fit(content.body, pictures, own, title=content.title))]
    return result, Audience(tuple(dict.fromkeys(places)), subscribers)


async def show(turn: Turn, shown: Sequence[View], of: int | None = None) -> None:
    """Show views as messages of their own, each as it will be; labels only where there are several.

    `of` is how many there are in all, where only some are shown.
    """
    for view in shown:
        if (of or len(shown)) > 1:
            await turn.tell(turn.text(turn.say("preview-label", where=", ".join(view.labels))))
        for part in view.parts:
            await turn.tell(part.text, [picture.sha for picture in part.media])


def audience_lines(turn: Turn, audience: Audience) -> str:
    """Return whom a post reaches, in words: the names, and how many subscribers."""
    if not audience.places and not audience.subscribers:
        return turn.say("audience-nobody")
    lines = []
    if audience.places:
        named = ", ".join(audience.places[:LISTED])
        rest = len(audience.places) - LISTED
        if rest > 0:
            named += turn.say("audience-more", count=rest)
        lines.append(turn.say("audience-places", count=len(audience.places), names=named))
    if audience.subscribers:
        lines.append(turn.say("audience-subscribers", count=audience.subscribers))
    return "\n".join(lines)


async def _pictures(turn: Turn, ids: Sequence[int]) -> list[MediaFile]:
    rows = {row.id: row for row in await media.by_ids(turn.connection, ids)}
    return [
        # A preview never opens the file itself: the courier finds it by its name.
        MediaFile(rows[one].sha, Path(), rows[one].mime, rows[one].sha[:12])
        for one in ids
        if one in rows
    ]
