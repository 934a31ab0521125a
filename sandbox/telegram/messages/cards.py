"""Messages without text or file: locations, live ones too, venues, contacts, dice."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox.telegram import keyboards
from sandbox.telegram.ask import Ask
from sandbox.telegram.messages.editing import change, editable
from sandbox.telegram.messages.posting import finish, place, post
from sandbox.telegram.params import bad, integer, text
from sandbox.telegram.spec import EDITED, MESSAGE, spec
from sandbox.world import Message

_FOREVER = 0x7FFFFFFF  # a live period without end
_LIVE_S = (60, 86400)
_VCARD_MAX = 2048  # bytes
_DICE = {
    "🎲": 6,
    "🎯": 6,
    "🎳": 6,
    "🏀": 5,
    "⚽": 5,
    "🎰": 64,
}  # the highest value; the lowest is 1


async def send_location(ask: Ask) -> Any:
    """sendLocation; with live_period it can be moved."""
    return _send(ask, "location", _location(ask, live=True))


async def send_venue(ask: Ask) -> Any:
    """sendVenue."""
    venue: dict[str, Any] = {"location": _location(ask)}
    for name in ("title", "address"):
        venue[name] = text(ask.params, name)
        if not venue[name]:
            raise bad(f'parameter "{name}" is required')
    # Foursquare's names win over Google's, as on the real server.
    pairs = (("foursquare_id", "foursquare_type"), ("google_place_id", "google_place_type"))
    known = next((pair for pair in pairs if any(text(ask.params, name) for name in pair)), ())
    venue |= {name: text(ask.params, name) for name in known if text(ask.params, name)}
    return _send(ask, "venue", venue)


async def send_contact(ask: Ask) -> Any:
    """sendContact."""
    contact = {}
    for name in ("phone_number", "first_name"):
        contact[name] = text(ask.params, name)
        if not contact[name]:
            raise bad(f'parameter "{name}" is required')
    if len(text(ask.params, "vcard").encode()) > _VCARD_MAX:
        raise bad("VCARD_TOO_LONG")
    contact |= {n: text(ask.params, n) for n in ("last_name", "vcard") if text(ask.params, n)}
    return _send(ask, "contact", contact)


async def send_dice(ask: Ask) -> Any:
    """sendDice: the value is the server's, from those that the emoji can show."""
    emoji = text(ask.params, "emoji") or "🎲"
    if emoji not in _DICE:
        raise bad("EMOTICON_INVALID")
    return _send(ask, "dice", {"emoji": emoji, "value": 1 + secrets.randbelow(_DICE[emoji])})


async def edit_live_location(ask: Ask) -> Any:
    """editMessageLiveLocation, as long as the location lives."""
    chat, message = editable(ask)
    old = _alive(ask, message)
    new = _location(ask, live=True)
    new["live_period"] = new.get("live_period", old["live_period"])
    markup = keyboards.read(ask.params, chat.kind, inline_only=True)
    extra = {**message.extra, "location": new}
    return change(ask, chat, message, buttons=markup.buttons, extra=extra)


async def stop_live_location(ask: Ask) -> Any:
    """stopMessageLiveLocation: the point stays where it was last."""
    chat, message = editable(ask)
    old = _alive(ask, message)
    kept = {
        name: old[name] for name in ("latitude", "longitude", "horizontal_accuracy") if name in old
    }
    markup = keyboards.read(ask.params, chat.kind, inline_only=True)
    extra = {**message.extra, "location": kept}
    return change(ask, chat, message, buttons=markup.buttons, extra=extra)


def _send(ask: Ask, kind: str, card: dict[str, Any]) -> Any:
    where = place(ask, kind)
    markup = keyboards.read(ask.params, where.chat.kind)
    return finish(ask, where.chat, post(ask, where, markup=markup, extra={kind: card}))[0]


def _alive(ask: Ask, message: Message) -> dict[str, Any]:
    location: dict[str, Any] | None = message.extra.get("location")
    if location is None:
        raise bad("there is no live location in the message to edit")
    period = location.get("live_period", 0)
    if ask.world.clock.now() >= message.at + period:
        raise bad("message can't be edited")
    return location


def _location(ask: Ask, *, live: bool = False) -> dict[str, Any]:
    location: dict[str, Any] = {}
    for name, most in (("latitude", 90), ("longitude", 180)):
        if not text(ask.params, name).strip():
            raise bad(f"{name} is empty")
        location[name] = _number(ask, name)
        if abs(location[name]) > most:
            raise bad("wrong location specified")
    if accuracy := _number(ask, "horizontal_accuracy"):
        location["horizontal_accuracy"] = min(max(accuracy, 0.0), 1500.0)
    if live:
        location |= _life(ask)
    return location


def _life(ask: Ask) -> dict[str, int]:
    period, heading = integer(ask.params, "live_period"), integer(ask.params, "heading")
    radius = integer(ask.params, "proximity_alert_radius")
    if period and period != _FOREVER and not _LIVE_S[0] <= period <= _LIVE_S[1]:
        raise bad("wrong live location period specified")
    if heading and not 1 <= heading <= 360:
        raise bad("wrong live location heading specified")
    if radius and not 1 <= radius <= 100_000:
        raise bad("wrong live location proximity alert radius specified")
    life = {"live_period": period, "heading": heading, "proximity_alert_radius": radius}
    return {name: value for name, value in life.items() if value}


def _number(ask: Ask, name: str) -> float:
    """Return a number; what is none counts as 0, as on the real server."""
    try:
        return float(ask.params.get(name) or 0)
    except (TypeError, ValueError):
        return 0.0


_POINT = "latitude longitude "
_LIVE = _POINT + "horizontal_accuracy live_period heading proximity_alert_radius "
_PLACES = "foursquare_id foursquare_type google_place_id google_place_type "

SPECS = (
    spec("sendLocation", send_location, MESSAGE + _LIVE, sends=True, missing="proximity alerts"),
    spec("sendVenue", send_venue, MESSAGE + _POINT + _PLACES + "title address", sends=True),
    spec("sendContact", send_contact, MESSAGE + "phone_number first_name last_name vcard", sends=True),
    spec("sendDice", send_dice, MESSAGE + "emoji", sends=True),
    spec("editMessageLiveLocation", edit_live_location, EDITED + _LIVE, sends=True),
    spec("stopMessageLiveLocation", stop_live_location, EDITED, sends=True),
)  # fmt: skip
