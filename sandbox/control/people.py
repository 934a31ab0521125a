"""What people do: say, press and everything else; and what they see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.control.ask import (
    answering,
    base_of,
    body,
    chat_of,
    listed,
    must_see,
    number_param,
    only,
    person_of,
    side_of,
    text,
    until,
    wait_s,
    whole,
)
from sandbox.control.media import media_of
from sandbox.control.view import show_message
from sandbox.networks import NetworkSide, Wrong
from sandbox.world import Button, Chat, Message, Person, World

_SAY = (
    "network", "chat", "as", "text", "entities", "media", "album", "reply_to", "topic", "forward_from",
)  # fmt: skip
_PRESS = ("network", "chat", "as", "message", "button")
_INLINE_MIMES = ("image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "audio/ogg")


class People:
    """The calls of control that play the people of one world."""

    def __init__(self, world: World, sides: Mapping[str, NetworkSide]) -> None:
        """Play on these networks."""
        self._world, self._sides = world, sides

    def routes(self) -> list[BaseRoute]:
        """Return the routes."""
        return [
            Route("/control/say", answering(self._say), methods=["POST"]),
            Route("/control/press", answering(self._press), methods=["POST"]),
            Route("/control/do", answering(self._do), methods=["POST"]),
            Route("/control/chats/{network}/{chat:path}", answering(self._chat)),
            Route("/control/files/{sha}", self._file),
        ]

    def _place(self, data: Mapping[str, Any]) -> tuple[NetworkSide, Person, Chat]:
        side = side_of(self._sides, data.get("network"))
        person = person_of(self._world, data.get("as"))
        if side.name not in person.messengers:
            raise Wrong(f"{person.name} is not in {side.name}; make a person who is")
        return side, person, chat_of(self._world, side, data.get("chat"), person)

    async def _say(self, request: Request) -> Any:
        data = only(await body(request), _SAY, "say")
        side, person, chat = self._place(data)
        media = [
            await media_of(self._world, request, one) for one in listed(data.get("media"), "media")
        ]
        words = data.get("text") or ""
        if not isinstance(words, str):
            raise Wrong(f"text must be text; it is {words!r}")
        if not words and not media and not data.get("forward_from"):
            raise Wrong("there is nothing to say; give text or media")
        made = await side.say(
            chat,
            person.id,
            text=words,
            entities=listed(data.get("entities"), "entities"),
            media=media,
            album=bool(data.get("album")),
            reply_to=whole(data, "reply_to"),
            topic=whole(data, "topic"),
            forward_from=data.get("forward_from"),
        )
        return {"messages": made}

    async def _press(self, request: Request) -> Any:
        data = only(await body(request), _PRESS, "press")
        side, person, chat = self._place(data)
        must_see(self._world, chat, person)
        message, row, column = find_button(chat, whole(data, "message"), data.get("button"))
        return JSONResponse(await side.press(chat, person.id, message.id, row, column))

    async def _do(self, request: Request) -> Any:
        data = await body(request)
        side, person, chat = self._place(data)
        args = {k: v for k, v in data.items() if k not in ("network", "chat", "as", "what")}
        if "bot" in args:  # the same thing under the name that «add_bot» suggests
            args.setdefault("account", args.pop("bot"))
        if "media" in args:  # a message edited to hold other files
            given = listed(args["media"], "media")
            args["media"] = [await media_of(self._world, request, one) for one in given]
        return await side.do(chat, person.id, text(data, "what"), args)

    async def _chat(self, request: Request) -> Any:
        side = side_of(self._sides, request.path_params["network"])
        who = request.query_params.get("as")
        person = person_of(self._world, who) if who else None
        chat = chat_of(self._world, side, request.path_params["chat"], person)
        if person is not None:
            must_see(self._world, chat, person)
        after = number_param(request, "after")
        known = chat.version if after is None else after
        await until(self._world, lambda: chat.version != known, wait_s(request))
        shown = {
            "version": chat.version,
            "messages": [
                show_message(
                    self._world, chat, m, base_of(request), None if person is None else person.id
                )
                for m in chat.messages
            ],
        }
        commands = side.commands(chat)
        return shown if commands is None else {**shown, "commands": commands}

    async def _file(self, request: Request) -> Response:
        sha = request.path_params["sha"]
        content = self._world.files.get(sha)
        if content is None:
            return JSONResponse(
                {"error": "there is no such file; it may be of an earlier world"}, 404
            )
        mime = next(
            (
                m.mime
                for c in self._world.chats
                for g in c.messages
                for m in g.media
                if m.sha == sha
            ),
            "application/octet-stream",
        )
        # A file that a person sent must not run as a page of the sandbox.
        shown = "inline" if mime in _INLINE_MIMES else "attachment"
        return Response(
            content,
            media_type=mime,
            headers={
                "cache-control": "max-age=86400",
                "content-disposition": shown,
                "x-content-type-options": "nosniff",
            },
        )


def find_button(chat: Chat, message_id: int | None, wanted: Any) -> tuple[Message, int, int]:
    """Return the message with the button and its place, newest message first if none is named; raises Wrong.

    A button is meant by its text, the unambiguous beginning of it, {"row", "column"} or [row, column],
    both from 0.
    """
    if message_id is not None:
        message = chat.find(message_id)
        if message is None:
            raise Wrong(f"there is no message {message_id} in «{chat.title}» any more")
        candidates = [message]
    else:
        candidates = [m for m in reversed(chat.messages) if m.buttons or m.keyboard]
    for message in candidates:
        for rows in (message.buttons, message.keyboard or []):
            place = _place_of(rows, wanted)
            if place is not None:
                return message, *place
    there = ", ".join(
        f"«{b.text}»"
        for m in candidates[:1]
        for rows in (m.buttons, m.keyboard or [])
        for r in rows
        for b in r
    )
    raise Wrong(f"there is no button {wanted!r}; the message has {there or 'none'}")


def _place_of(rows: list[list[Button]], wanted: Any) -> tuple[int, int] | None:
    if isinstance(wanted, Mapping):
        wanted = [wanted.get("row"), wanted.get("column")]
    if isinstance(wanted, list):
        if len(wanted) != 2 or not all(isinstance(n, int) for n in wanted):
            raise Wrong('button is its text, or {"row": 0, "column": 0}')
        row, column = wanted
        return (row, column) if 0 <= row < len(rows) and 0 <= column < len(rows[row]) else None
    if not isinstance(wanted, str) or not wanted.strip():
        raise Wrong('button is missing; give its text, or {"row": 0, "column": 0}')
    places = [(b.text, r, c) for r, row in enumerate(rows) for c, b in enumerate(row)]
    exact = [(r, c) for label, r, c in places if label == wanted]
    folded = [(label.strip().casefold(), r, c) for label, r, c in places]
    short = wanted.strip().casefold()
    alike = [(r, c) for label, r, c in folded if label == short]
    begins = [(r, c) for label, r, c in folded if label.startswith(short)]
    found = exact or alike or (begins if len(begins) == 1 else [])
    return found[0] if found else None
