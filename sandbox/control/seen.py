"""What serves the page: all that one person's apps show, asked for or told as it changes."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from sandbox.calls import Calls
from sandbox.control.ask import answering, iso, must_see, number_param, person_of, until, wait_s
from sandbox.control.stream import Stream
from sandbox.control.view import arrivals, chat_ref, incoming, preview, sender_of, show_chat
from sandbox.networks import Wrong
from sandbox.world import Chat, Person, World

_NEVER_KEPT = {"cache-control": "no-store", "x-accel-buffering": "no"}


class Seen:
    """The calls of control by which a page keeps its picture fresh."""

    def __init__(self, world: World, calls: Calls) -> None:
        """Show this world; `calls` is the log that a stream tells too."""
        self._world, self._calls = world, calls

    def routes(self) -> list[BaseRoute]:
        """Return the routes."""
        return [
            Route("/control/seen", answering(self._seen)),
            Route("/control/events", answering(self._events)),
        ]

    async def _seen(self, request: Request) -> Any:
        person = person_of(self._world, request.query_params.get("as"))
        after = number_param(request, "after")
        known = self._world.seq if after is None else after
        await until(self._world, lambda: self._world.seq != known, wait_s(request))
        return self._picture(person)

    async def _events(self, request: Request) -> Response:
        who = request.query_params.get("as")
        person_of(self._world, who)  # a stream that cannot begin is refused in words
        since = number_param(request, "calls")
        stream = Stream(
            self._world, self._calls, lambda: self._picture(person_of(self._world, who)), since
        )
        events = stream.events(number_param(request, "after"))
        return StreamingResponse(events, media_type="text/event-stream", headers=_NEVER_KEPT)

    def _picture(self, person: Person) -> dict[str, Any]:
        world = self._world
        return {
            "version": world.seq,
            "now": world.clock.iso(),
            "mode": world.clock.mode,
            "people": self._faces(),
            "accounts": [
                {
                    "network": a.network,
                    "name": a.name,
                    "id": a.id,
                    "title": a.title,
                    "username": a.username,
                    "admins": list(a.admins),
                }
                for a in world.accounts.values()
                if a.network in person.messengers
            ],
            "sites": [{"name": s.name, "title": s.title} for s in world.sites.values()],
            "chats": [self._glance(c, person) for c in world.chats if self._sees(c, person)],
        }

    def _faces(self) -> list[dict[str, Any]]:
        """Return everybody, each with what has come to their dialogs and groups: who plays several sees whom it calls."""
        come = arrivals(self._world)
        return [
            {
                "id": p.id,
                "name": p.name,
                "messengers": list(p.messengers),
                "dialogs": come.get(p.id, []),
            }
            for p in self._world.people.values()
        ]

    def _sees(self, chat: Chat, person: Person) -> bool:
        try:
            must_see(self._world, chat, person)
        except Wrong:
            return False
        return chat.migrated_to is None

    def _glance(self, chat: Chat, person: Person) -> dict[str, Any]:
        last = chat.messages[-1] if chat.messages else None
        return {
            **show_chat(self._world, chat),
            "ref": chat_ref(chat),
            "count": len(chat.messages),
            "last_id": chat.last_id,
            "incoming": incoming(chat, person.id),
            "last": None
            if last is None
            else {
                "id": last.id,
                "at": iso(last.at),
                "from": sender_of(self._world, chat, last),
                "from_id": last.sender,
                "text": preview(self._world, chat),
            },
        }
