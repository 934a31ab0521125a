"""What control shows of the world: chats, messages, accounts, people, as JSON values."""

from __future__ import annotations

from typing import Any

from sandbox.control.ask import iso
from sandbox.control.content import show_content, words_of
from sandbox.control.markup import to_html, with_addresses
from sandbox.control.service import service_words
from sandbox.world import Account, Button, Chat, Media, Message, Person, World

_LONGEST_ALBUM = 10
_NEWEST = 20
_STILL = ("photo", "document")
_LOOKS = {
    "primary": "primary",
    "danger": "danger",
    "negative": "danger",
    "success": "success",
    "positive": "success",
}
_ONE_FILE = {
    "photo": "Фото",
    "video": "Видео",
    "voice": "Голосовое сообщение",
    "animation": "GIF",
    "sticker": "Стикер",
    "video_note": "Видеосообщение",
}
_FILES = {
    "photo": "Фотографии",
    "video": "Видео",
    "voice": "Голосовые сообщения",
    "document": "Файлы",
    "audio": "Музыка",
}


def show_person(person: Person) -> dict[str, Any]:
    """Return a person."""
    return {"id": person.id, "name": person.name, "messengers": list(person.messengers)}


def show_account(account: Account) -> dict[str, Any]:
    """Return an account with its keys; on VK also its human admins and whether walls are allowed."""
    shown: dict[str, Any] = {
        "network": account.network,
        "name": account.name,
        "id": account.id,
        "title": account.title,
        "username": account.username,
        "token": account.token,
        "user_token": account.user_token,
        "admins": list(account.admins),
    }
    if account.network == "vk":
        shown["wall_rights"] = account.wall_rights
    return shown


def chat_ref(chat: Chat) -> str:
    """Return the name by which control finds exactly this chat."""
    return f"{chat.account}:{chat.person}" if chat.kind == "private" else str(chat.id)


def admins_of(world: World, chat: Chat) -> list[int]:
    """Return the ids of a chat's admins, people and bots; of a wall and a dialog the community's people."""
    if chat.kind in ("wall", "private"):
        account = world.account(chat.network, chat.account or "")
        return list(account.admins) if account else []
    return [who for who, m in chat.members.items() if m.status in ("creator", "administrator")]


def show_message(
    world: World, chat: Chat, message: Message, base: str, viewer: int | None = None
) -> dict[str, Any]:
    """Return a message as a person (`viewer`) sees it; `base` is the sandbox's own address."""
    shown: dict[str, Any] = {
        "id": message.id,
        "at": iso(message.at),
        "from": sender_of(world, chat, message),
        "from_id": message.sender,
        "text": message.text,
        "html": to_html(message.text, with_addresses(message.text, message.entities)),
        "media": [_show_file(m, base) for m in message.media],
        "buttons": _rows(message, message.buttons),
        "edited": None if message.edited is None else iso(message.edited),
        "album": message.album,
        "topic": message.topic,
        "reply_to": message.reply_to,
    }
    if message.keyboard is not None:
        shown["keyboard"] = _rows(message, message.keyboard)
    if "service" in message.extra:
        shown["service"] = _happened(world, chat, message)
    if chat.kind == "wall":
        shown |= _comments(world, chat, message)
    return shown | show_content(message, viewer, lambda who: name_of(world, chat, who))


def _happened(world: World, chat: Chat, message: Message) -> str:
    """Return the grey line of a message of the app itself; a pin is kept by number, its words are looked up."""
    service = message.extra["service"]
    pinned = service.get("pinned_message")
    if isinstance(pinned, dict) and "text" not in pinned:
        found = chat.find(int(pinned.get("message_id", 0)))
        service = {"pinned_message": {"text": found.text if found else ""}}
    return service_words(service, sender_of(world, chat, message))


def _show_file(file: Media, base: str) -> dict[str, Any]:
    """Return a file; how it is played only of those that play or move."""
    shown: dict[str, Any] = {"kind": file.kind, "url": f"{base}/control/files/{file.sha}"}
    shown["name"] = file.name
    return shown if file.kind in _STILL else {**shown, "mime": file.mime, "duration": file.duration}


def preview(world: World, chat: Chat) -> str:
    """Return what stands under a chat's title in a list: the last words, or in words what was sent last.

    An album counts as one message, whose words stand under one of its items.
    """
    if not chat.messages:
        return ""
    last = chat.messages[-1]
    if "service" in last.extra:
        return _happened(world, chat, last)
    together = [last]
    if last.album is not None:
        together = [m for m in chat.messages[-_LONGEST_ALBUM:] if m.album == last.album]
    text = next((m.text for m in together if m.text), "")
    return (
        text[:120] or words_of(last) or _files_words([file for m in together for file in m.media])
    )


def incoming(chat: Chat, person: int) -> list[int]:
    """Return the ids of the newest messages that came to a person, newest first, at most 20; an album counts once.

    To an administrator who looks into another's dialog with the community, what that other one wrote came.
    """
    for_community = chat.kind == "private" and chat.person != person
    ids: list[int] = []
    albums = set()
    for message in reversed(chat.messages):
        own = message.by_account if for_community else message.sender == person
        if own or "service" in message.extra or message.album in albums:
            continue
        if message.album is not None:
            albums.add(message.album)
        ids.append(message.id)
        if len(ids) == _NEWEST:
            break
    return ids


def _files_words(files: list[Media]) -> str:
    kinds = {file.kind for file in files}
    if len(files) == 1:
        return _ONE_FILE.get(files[0].kind, files[0].name)
    several = _FILES.get(kinds.pop(), "Вложения") if len(kinds) == 1 else "Вложения"
    return f"{several}: {len(files)}" if files else "Вложение"


def sender_of(world: World, chat: Chat, message: Message) -> str:
    """Return whom a reader sees as the author: in a channel and on a community's wall it is the place itself."""
    if chat.kind == "channel":
        return chat.title
    if message.by_account:
        return name_of(world, chat, message.sender)
    person = world.people.get(message.sender)
    return person.name if person else str(message.sender)


def name_of(world: World, chat: Chat, who: int) -> str:
    """Return a person's name or the title of the account with that id."""
    if who in world.people:
        return world.people[who].name
    for account in world.accounts.values():
        if account.network == chat.network and account.id == abs(who):
            return account.title
    return str(who)


def _comments(world: World, chat: Chat, post: Message) -> dict[str, Any]:
    """Return what stands under a post of a wall, oldest first."""
    comments = [
        {
            "id": one["id"],
            "from": name_of(world, chat, one["from_id"]),
            "at": iso(one["date"]),
            "text": one["text"],
        }
        for one in post.extra.get("comments", [])
    ]
    shown: dict[str, Any] = {"comments": comments} if comments else {}
    return shown | ({"comments_closed": True} if post.extra.get("closed") else {})


def _rows(message: Message, rows: list[list[Button]]) -> list[list[dict[str, str]]]:
    return [
        [_show_button(message, button, r, c) for c, button in enumerate(row)]
        for r, row in enumerate(rows)
    ]


def _show_button(message: Message, button: Button, row: int, column: int) -> dict[str, str]:
    shown = {"text": button.text}
    if button.url:
        shown["url"] = button.url
    look = _LOOKS.get(button.extra.get("style") or _vk_color(message, row, column))
    return shown | ({"look": look} if look else {})


def _vk_color(message: Message, row: int, column: int) -> Any:
    """Return the colour that VK's keyboard, which a message keeps as it was sent, gives a button."""
    rows = message.extra.get("keyboard", {}).get("buttons", [])
    try:
        return rows[row][column].get("color")
    except IndexError:
        return None
