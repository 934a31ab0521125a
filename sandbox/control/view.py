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


def show_chat(world: World, chat: Chat) -> dict[str, Any]:
    """Return a chat with its members; `ref` names it in other control calls without doubt."""
    members = [
        {
            "id": who,
            "name": name_of(world, chat, who),
            "status": member.status,
            "bot": who not in world.people,
        }
        for who, member in chat.members.items()
    ]
    return {
        "network": chat.network,
        "ref": chat_ref(chat),
        "id": chat.id,
        "kind": chat.kind,
        "title": chat.title,
        "username": chat.username,
        "account": chat.account,
        "person": chat.person,
        "members": members,
        "admins": admins_of(world, chat),
        "blocked": chat.blocked,
        "started": chat.started,
        "blacklisted": bool(chat.extra.get("blacklisted")),
        "closed": bool(chat.extra.get("closed") or chat.extra.get("trouble")),
        "migrated_to": chat.migrated_to,
        "version": chat.version,
        **_of_some_chats(world, chat),
    }


def _of_some_chats(world: World, chat: Chat) -> dict[str, Any]:
    """Return the keys that only some chats have; the newest pin stands last."""
    shown: dict[str, Any] = {}
    if chat.pinned:
        shown["pinned"] = list(chat.pinned)
    waiting = chat.extra.get("requests")
    if waiting:
        shown["requests"] = [{"id": int(i), "name": name_of(world, chat, int(i))} for i in waiting]
    topics = chat.extra.get("topics")
    if topics:
        shown["topics"] = [
            {"id": int(number), "name": topic["name"], "closed": bool(topic.get("closed"))}
            for number, topic in topics.items()
        ]
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
        "buttons": _rows(message.buttons),
        "edited": None if message.edited is None else iso(message.edited),
        "album": message.album,
        "topic": message.topic,
        "reply_to": message.reply_to,
    }
    if message.keyboard is not None:
        shown["keyboard"] = _rows(message.keyboard)
    if "service" in message.extra:
        shown["service"] = service_words(message.extra["service"], sender_of(world, chat, message))
    return shown | show_content(message, viewer, lambda who: name_of(world, chat, who))


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
        return service_words(last.extra["service"], sender_of(world, chat, last))
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


def arrivals(world: World) -> dict[int, list[dict[str, Any]]]:
    """Return by person what has come to their own dialogs and to their groups; what everybody reads is left out."""
    come: dict[int, list[dict[str, Any]]] = {}
    for chat in world.chats:
        if chat.kind == "private":
            who = [] if chat.person is None else [chat.person]
        elif chat.kind in ("group", "supergroup", "chat") and chat.migrated_to is None:
            who = [i for i, m in chat.members.items() if m.status not in ("left", "kicked")]
        else:
            continue
        for person in who:
            if person in world.people and chat.network in world.people[person].messengers:
                mark = {"network": chat.network, "ref": chat_ref(chat), "last_id": chat.last_id}
                come.setdefault(person, []).append({**mark, "incoming": incoming(chat, person)})
    return come


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


def _rows(rows: list[list[Button]]) -> list[list[dict[str, str]]]:
    return [[{"text": b.text} | ({"url": b.url} if b.url else {}) for b in row] for row in rows]
