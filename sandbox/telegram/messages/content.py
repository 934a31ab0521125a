"""What a message holds, as fields of the Bot API's `Message`: text, file, poll, place, contact, dice."""

from __future__ import annotations

from typing import Any

from sandbox.telegram.files import file_ids, photo_sizes
from sandbox.telegram.html import utf16
from sandbox.world import Account, Media, Message, Poll

WITH_CAPTION = ("photo", "video", "document", "audio", "voice", "animation")
NO_CAPTION = ("sticker", "video_note")
CARDS = ("location", "venue", "contact", "dice")
_SIZED = ("video", "animation", "sticker")
_PLAYED = ("video", "animation", "audio", "voice", "video_note")
_NAMED = ("video", "animation", "audio", "document")


def kind_of(message: Message) -> str:
    """Return in a word what a message is: text, photo…, poll, location, venue, contact, dice or service."""
    if "service" in message.extra:
        return "service"
    if message.media:
        return message.media[0].kind
    if message.poll is not None:
        return "poll"
    # A venue holds its location, so it is looked for first.
    return next((name for name in reversed(CARDS) if name in message.extra), "text")


def add_content(shown: dict[str, Any], account: Account, message: Message, now: float) -> None:
    """Put what the message says into its `Message`; `now` is in seconds since 1970."""
    extra = message.extra
    if message.poll is not None:
        shown["poll"] = poll_object(message.poll, knows_answer=_own(account, message))
        # Only a poll inside a message has these.
        for name in ("description", "description_entities"):
            if message.poll.extra.get(name):
                shown["poll"][name] = message.poll.extra[name]
        return
    for name in CARDS:
        if name in extra:
            shown[name] = (
                _location(extra[name], message.at, now) if name == "location" else extra[name]
            )
    if "venue" in extra:
        shown["location"] = extra["venue"]["location"]
    if any(name in extra for name in CARDS):
        return
    if message.media:
        _add_file(shown, account, message)
        return
    shown["text"] = message.text
    if message.entities:
        shown["entities"] = message.entities
    if "link_preview" in extra:
        shown["link_preview_options"] = extra["link_preview"]


def poll_object(poll: Poll, *, knows_answer: bool) -> dict[str, Any]:
    """Return `Poll`; the right answer is known to the quiz's sender, and to all once it is closed."""
    extra = poll.extra
    shown: dict[str, Any] = {"id": poll.id, "question": poll.question}
    if extra.get("question_entities"):
        shown["question_entities"] = extra["question_entities"]
    shown["options"] = [_option(poll, place) for place in range(len(poll.options))]
    shown |= {
        "total_voter_count": sum(1 for chosen in poll.votes.values() if chosen),
        "is_closed": poll.closed,
        "is_anonymous": poll.anonymous,
        "type": "quiz" if poll.correct is not None else "regular",
        "allows_multiple_answers": poll.multiple,
        "allows_revoting": bool(extra.get("revoting", poll.correct is None)),
        "members_only": bool(extra.get("members_only")),
    }
    if poll.correct is not None and (knows_answer or poll.closed):
        shown["correct_option_ids"] = extra.get("correct", [poll.correct])
        if extra.get("explanation"):
            shown["explanation"] = extra["explanation"]
            if extra.get("explanation_entities"):
                shown["explanation_entities"] = extra["explanation_entities"]
    for name in ("country_codes", "open_period", "close_date"):
        if extra.get(name):
            shown[name] = extra[name]
    return shown


def option_id(place: int) -> str:
    """Return the persistent identifier of a poll's option; the sandbox's polls never lose options."""
    return f"o{place}"


def _option(poll: Poll, place: int) -> dict[str, Any]:
    votes = sum(1 for chosen in poll.votes.values() if place in chosen)
    shown = {"persistent_id": option_id(place), "text": poll.options[place], "voter_count": votes}
    entities = poll.extra.get("option_entities", {}).get(str(place))
    return shown | {"text_entities": entities} if entities else shown


def _own(account: Account, message: Message) -> bool:
    sent = message.by_account and message.sender == account.id
    return sent and "forward_origin" not in message.extra


def _location(given: dict[str, Any], sent: float, now: float) -> dict[str, Any]:
    """Return `Location`; what belongs to a live one is shown as long as it lives."""
    alive = given.get("live_period") and now < sent + given["live_period"]
    names = ("latitude", "longitude", "horizontal_accuracy") + (
        ("live_period", "heading", "proximity_alert_radius") if alive else ()
    )
    return {name: given[name] for name in names if name in given}


def _add_file(shown: dict[str, Any], account: Account, message: Message) -> None:
    media, extra = message.media[0], message.extra
    shown[media.kind] = (
        photo_sizes(account, media) if media.kind == "photo" else _file(account, media)
    )
    if media.kind == "animation":  # for clients that do not know animations
        plain = ("file_id", "file_unique_id", "file_name", "mime_type", "file_size")
        shown["document"] = {name: shown["animation"][name] for name in plain}
    if message.text:
        shown["caption"] = message.text
    if message.entities:
        shown["caption_entities"] = message.entities
    if extra.get("caption_above"):
        shown["show_caption_above_media"] = True
    if extra.get("spoiler"):
        shown["has_media_spoiler"] = True


def _file(account: Account, media: Media) -> dict[str, Any]:
    file_id, unique = file_ids(account, media)
    shown: dict[str, Any] = {"file_id": file_id, "file_unique_id": unique}
    if media.kind in _SIZED:
        shown |= {"width": media.width, "height": media.height}
    if media.kind in _PLAYED:
        shown["duration"] = media.duration
    if media.kind == "video_note":
        shown["length"] = media.width
    if media.kind == "sticker":
        moving = media.name.lower()
        shown |= {
            "type": "regular",
            "is_animated": moving.endswith(".tgs"),
            "is_video": moving.endswith(".webm"),
        }
    shown |= media.extra
    if media.kind in _NAMED:
        shown["file_name"] = media.name
    if media.kind not in ("sticker", "video_note"):
        shown["mime_type"] = media.mime
    return {**shown, "file_size": media.size}


def cut(text: str, entities: list[dict[str, Any]], start: int, length: int) -> list[dict[str, Any]]:
    """Return the entities of a part of a text that begins at `start`, in UTF-16 units of the part."""
    assert start + length <= utf16(text)
    kept = []
    for entity in entities:
        begin = max(entity["offset"], start)
        end = min(entity["offset"] + entity["length"], start + length)
        if begin < end:
            kept.append({**entity, "offset": begin - start, "length": end - begin})
    return kept
