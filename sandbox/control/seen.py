"""What serves the page: all that one person's apps show, asked for or told as it changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from sandbox.calls import Calls
from sandbox.control.ask import answering, number_param, person_of, until, wait_s
from sandbox.control.glances import Entry, Glances
from sandbox.control.pieces import answered, written, written_object
from sandbox.control.stream import Picture, Stream
from sandbox.control.view import chat_ref
from sandbox.world import Person, World

_NEVER_KEPT = {"cache-control": "no-store", "x-accel-buffering": "no"}


class Seen:
    """The calls of control by which a page keeps its picture fresh."""

    def __init__(self, world: World, calls: Calls) -> None:
        """Show this world; `calls` is the log that a stream tells too."""
        self._world, self._calls = world, calls
        self._glances = Glances(world)

    def routes(self) -> list[BaseRoute]:
        """Return the routes."""
        return [
            Route("/control/seen", answering(self._seen)),
            Route("/control/events", answering(self._events)),
        ]

    async def _seen(self, request: Request) -> Any:
        person = person_of(self._world, request.query_params.get("as"))
        after, since = number_param(request, "after"), number_param(request, "since")
        known = self._world.seq if after is None else after
        await until(self._world, lambda: self._world.seq != known, wait_s(request))
        _, pieces = await self._picture(person, since)
        return answered(pieces)

    async def _events(self, request: Request) -> Response:
        who = request.query_params.get("as")
        person_of(self._world, who)  # a stream that cannot begin is refused in words

        async def look(since: int | None) -> Picture:
            return await self._picture(person_of(self._world, who), since)

        stream = Stream(self._world, self._calls, look, number_param(request, "calls"))
        events = stream.events(number_param(request, "after"))
        return StreamingResponse(events, media_type="text/event-stream", headers=_NEVER_KEPT)

    async def _picture(self, person: Person, since: int | None) -> Picture:
        """Return the version and JSON of what a person sees, or of what of it changed since a version."""
        version = await self._glances.look()
        if since is not None and not self._glances.whole_since <= since <= version:
            since = None
        entries = self._glances.entries(since)
        shown = {
            "version": version,
            "person": person.id,
            "whole": since is None,
            "now": self._world.clock.iso(),
            "mode": self._world.clock.mode,
        }
        return version, self._written(shown, entries, person)

    def _written(
        self, shown: dict[str, Any], entries: list[Entry], person: Person
    ) -> Iterator[str]:
        """Yield a picture as JSON; of a part of it, only who and what is touched by these chats."""
        people = self._world.people
        if shown["whole"]:
            lists = {"people": self._glances.faces(list(people.values()))}
            shown |= self._lasting(person)
            entries = entries[::-1]
        else:
            touched = dict.fromkeys(who for entry in entries for who in entry.counts_for)
            faces = [people[who] for who in touched if who in people]
            lists = {"people": self._glances.faces(faces)}
        gone: list[str] = []
        return written_object(
            shown, {**lists, "chats": self._chats(entries, person, gone), "gone": iter(gone)}
        )

    def _chats(self, entries: list[Entry], person: Person, gone: list[str]) -> Iterator[str]:
        """Yield the chats that a person sees; what the others are called is put into `gone`."""
        for entry in entries:
            glance = self._glances.glance(entry, person)
            if glance is not None:
                yield glance
            elif entry.chat.kind != "private":
                chat = entry.chat
                gone.append(written({"network": chat.network, "ref": chat_ref(chat)}))

    def _lasting(self, person: Person) -> dict[str, Any]:
        """Return what seldom changes."""
        return {
            "accounts": [
                {
                    "network": a.network,
                    "name": a.name,
                    "id": a.id,
                    "title": a.title,
                    "username": a.username,
                    "admins": list(a.admins),
                }
                for a in self._world.accounts.values()
                if a.network in person.messengers
            ],
            "sites": [{"name": s.name, "title": s.title} for s in self._world.sites.values()],
        }
