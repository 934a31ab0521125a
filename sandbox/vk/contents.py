"""What messages.send and messages.edit may say: text, files, buttons, quotes, a place, a sticker."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image

from sandbox.values import loaded, whole
from sandbox.vk import dialogs, formats, keyboard, media, objects, peers, template, votes
from sandbox.vk.ask import Ask
from sandbox.vk.conversations import must_enter
from sandbox.vk.dialogs import Words
from sandbox.vk.errors import invalid, refuse
from sandbox.world import Account, Media, Message, Poll, World

MAX_ATTACHMENTS, MAX_PAYLOAD, MAX_FORWARDS = 10, 1000, 1000
USUAL_TEXT, LONGEST_TEXT = 4096, 9000  # characters: what VK's apps show, what the schema allows
_INTENTS = (
    "account_update", "bot_ad_invite", "bot_ad_promo", "confirmed_notification", "customer_support",
    "default", "finance_notification", "game_notification", "moderated_newsletter",
    "non_promo_newsletter", "promo_newsletter", "purchase_update",
)  # fmt: skip
_STICKER_SIDES = (64, 128, 256, 352, 512)


def read(ask: Ask, peer: int) -> Words:
    """Return what messages.send is to say to a peer (0: several), raising what VK would refuse it with."""
    params = ask.params
    _refuse_what_is_not_played(ask)
    if params.given("sticker_id"):
        return _sticker(ask)
    text = text_of(ask)
    files, poll, extra = attachments_of(ask)
    shown, carousel = buttons_of(ask)
    entities: list[dict[str, Any]] = []
    if params.given("format_data"):
        extra["format_data"], entities = formats.read(params.text("format_data"))
    extra |= place_of(ask)
    reply_to, fwd = _quotes(ask, peer)
    if params.given("payload"):
        extra["payload"] = _payload(params.text("payload"))
    # A carousel wants words beside it (dev.vk.com, message templates).
    says_something = files or poll or fwd or extra.keys() & {"posts", "location"}
    if not text and (carousel or not says_something):
        raise refuse(100, "message is empty or invalid")
    return Words(text, files, poll, reply_to, fwd, shown, carousel, entities, extra)


def text_of(ask: Ask) -> str:
    """Return the parameter `message`; raises Refusal 914 for one that is too long.

    The limit is `settings["max_text"]` of the community, 4096 characters if not set.
    """
    text = ask.params.text("message")
    if len(text) > min(LONGEST_TEXT, int(ask.account.settings.get("max_text", USUAL_TEXT))):
        raise refuse(914)
    return text


def attachments_of(ask: Ask) -> tuple[list[Media], Poll | None, dict[str, Any]]:
    """Return the files and the poll that `attachment` names, and {"posts"} for posts of walls; at most ten in all.

    The number is that of VK's apps; the schema has none.
    """
    named = ask.params.words("attachment")
    if len(named) > MAX_ATTACHMENTS:
        raise refuse(100, "too many attachments")
    walls = [name for name in named if name.startswith("wall")]
    polls = [name for name in named if name.startswith("poll")]
    files = media.attached(ask.account, [one for one in named if one not in (*walls, *polls)])
    posts = [_post(ask.world, name.removeprefix("wall")) for name in walls]
    poll = votes.known(_communities(ask.world), polls[0]) if polls else None
    if len(polls) > 1 or (polls and poll is None):
        raise refuse(100, "attachment is invalid")
    return files, poll[1] if poll else None, {"posts": posts} if posts else {}


def _communities(world: World) -> list[Account]:
    return [account for account in world.accounts.values() if account.network == "vk"]


def buttons_of(ask: Ask) -> tuple[keyboard.Keyboard | None, template.Template | None]:
    """Return the parameters `keyboard` and `template`; raises Refusal 100, 911 or 912.

    912 answers a community whose bot features are switched off; a carousel and an inline keyboard
    exclude each other.
    """
    params = ask.params
    shown = keyboard.read(params.text("keyboard")) if params.given("keyboard") else None
    carousel = None
    if params.given("template"):
        carousel = template.read(params.text("template"), ask.account)
        if shown is not None and shown.inline:
            raise refuse(100, "Only template or keyboard field should be specified")
    if (shown or carousel) and ask.account.settings.get("bot_off"):
        raise refuse(912)
    return shown, carousel


def place_of(ask: Ask) -> dict[str, Any]:
    """Return {"location"} for the parameters `lat` and `long`, which come together."""
    named = {"latitude": ("lat", 90.0), "longitude": ("long", 180.0)}
    if not any(ask.params.given(name) for name, _ in named.values()):
        return {}
    return {
        "location": {field: ask.params.number(name, most) for field, (name, most) in named.items()}
    }


def _refuse_what_is_not_played(ask: Ask) -> None:
    if ask.params.given("expire_ttl"):
        raise refuse(100, "expire_ttl is not supported by the sandbox")
    intent = ask.params.text("intent") or "default"
    if intent not in _INTENTS:
        raise invalid("intent")
    if intent != "default":
        # Newsletters by intent need a contract with VK that no community here has.
        raise refuse(943)
    if ask.params.given("group_id"):
        ask.community()


def _payload(text: str) -> str:
    try:
        loaded(text)
    except ValueError:
        raise invalid("payload") from None
    if len(text) > MAX_PAYLOAD:
        raise invalid("payload")
    return text


def _post(world: World, name: str) -> dict[str, Any]:
    owner, _, rest = name.partition("_")
    wall = world.chat("vk", whole(owner) or 0)
    account = world.account("vk", wall.account or "") if wall else None
    said = wall.find(whole(rest.partition("_")[0]) or 0) if wall else None
    if account is None or said is None:
        raise refuse(100, "attachment is invalid")
    return objects.post(account, said)


def _sticker(ask: Ask) -> Words:
    """Return a message of a sticker alone: words and files beside it are not sent."""
    number = ask.params.need_whole("sticker_id")
    if number <= 0:
        raise invalid("sticker_id")
    picture = BytesIO()
    tint = (60 + number * 37 % 160, 60 + number * 73 % 160, 60 + number * 109 % 160)
    Image.new("RGB", (_STICKER_SIDES[0],) * 2, tint).save(picture, "PNG")
    content = picture.getvalue()
    side = _STICKER_SIDES[0]
    name = f"sticker{number}.png"
    sha = ask.world.keep(content)
    file = Media("sticker", sha, name, "image/png", len(content), side, side)
    return Words(media=[file], extra={"sticker": _sticker_object(number, media.address(file))})


def _sticker_object(number: int, url: str) -> dict[str, Any]:
    images = [{"url": url, "width": side, "height": side} for side in _STICKER_SIDES]
    return {
        "inner_type": "base_sticker_new",
        "sticker_id": number,
        "product_id": 1,
        "images": images,
        "images_with_background": images,
        "is_allowed": True,
    }


def _quotes(ask: Ask, peer: int) -> tuple[Message | None, list[dict[str, Any]]]:
    """Return the message replied to and those forwarded."""
    params = ask.params
    reply_to = params.whole("reply_to")
    if reply_to is not None:
        found = dialogs.by_global_id(ask.world, ask.account, reply_to)
        if found is None or (peer and found[0].id != peer):
            raise invalid("reply_to")
        return found[1], []
    if params.given("forward"):
        return _forward(ask, params.text("forward"), peer)
    if len(params.words("forward_messages")) > MAX_FORWARDS:
        raise refuse(913)
    return None, [_quoted(ask, id_) for id_ in params.wholes("forward_messages", MAX_FORWARDS)]


def _forward(ask: Ask, text: str, peer: int) -> tuple[Message | None, list[dict[str, Any]]]:
    try:
        order = loaded(text)
        source = int(order.get("peer_id") or peer)
        numbers = order.get("conversation_message_ids") or order.get("cmids") or []
        ids = [int(number) for number in numbers]
        global_ids = [int(number) for number in order.get("message_ids") or []]
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise invalid("forward") from None
    if len(ids) + len(global_ids) > MAX_FORWARDS:
        raise refuse(913)
    chat = peers.find(ask.world, ask.account, source)
    if chat is not None and chat.kind == "chat":
        must_enter(ask.account, chat)
    found = [chat.find(id_) if chat else None for id_ in ids]
    if any(said is None or "action" in said.extra for said in found) or not (ids or global_ids):
        raise refuse(921)
    if order.get("is_reply"):
        if len(found) != 1 or source != peer:
            raise invalid("forward")
        return found[0], []
    quoted = [objects.quoted(chat, said) for said in found if chat and said]
    return None, quoted + [_quoted(ask, id_) for id_ in global_ids]


def _quoted(ask: Ask, global_id: int) -> dict[str, Any]:
    found = dialogs.by_global_id(ask.world, ask.account, global_id)
    if found is None:
        raise refuse(921)
    return objects.quoted(*found)
