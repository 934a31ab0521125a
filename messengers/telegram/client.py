"""Calls of the Bot API: a method and its JSON in, what the server said out."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson
from pyreqwest.multipart import FormBuilder, PartBuilder

from core.messenger import MediaFile
from messengers.download import download
from messengers.transport import Answer, Http, Lost, Scrubber, Timeouts, proxy_password


class Reply(NamedTuple):
    """The envelope of the Bot API: a result, or a code and a text with its parameters."""

    ok: bool
    result: Any = None
    code: int = 200
    text: str = ""
    retry_after: float | None = None  # seconds
    moved_to: str | None = None  # the supergroup that a group became


class Call(NamedTuple):
    """One request; `files` are sent beside it, named by «attach://» in the parameters."""

    method: str
    params: Mapping[str, Any]
    files: Sequence[tuple[str, MediaFile]] = ()


class Client:
    """The Bot API for one token; the token leaves this object in URLs only."""

    def __init__(
        self, token: str, api: str, *, proxy: str | None, ca: Path | None, timeouts: Timeouts
    ) -> None:
        """Address `<api>/bot<token>/<method>`; raises ValueError or OSError for a bad proxy or `ca`."""
        self.scrub = Scrubber(token, proxy_password(proxy))
        self.timeouts = timeouts
        self._http = Http(self.scrub, timeouts, proxy=proxy, ca=ca)
        self._base = f"{api.rstrip('/')}/bot{token}/"
        self._files = f"{api.rstrip('/')}/file/bot{token}/"

    async def call(self, call: Call, *, careful: bool = False) -> Reply:
        """Make a call that delivers. Raises NotLeft, Lost, and OSError when a file cannot be read."""
        if call.files:
            form = await _form(call)
            answer = await self._http.upload(
                self._base + call.method, form, timeout=self.timeouts.upload, careful=careful
            )
        else:
            answer = await self.post(call.method, call.params, careful=careful)
        return self._read(answer)

    async def post(
        self,
        method: str,
        params: Mapping[str, Any],
        *,
        timeout: float | None = None,
        careful: bool = False,
    ) -> Answer:
        """Post JSON, return the answer unread. Raises NotLeft and Lost."""
        body = orjson.dumps(params)
        total = self.timeouts.total if timeout is None else timeout
        return await self._http.post(
            self._base + method, body, "application/json", timeout=total, careful=careful
        )

    async def download(self, path: str, limit: int) -> bytes:
        """Return a file by the path that getFile gave. Raises FileTooBig and MessengerError."""
        url = self._files + quote(path)
        return await download(self._http, url, limit, timeout=self.timeouts.upload)

    async def close(self) -> None:
        """Let the connections go."""
        await self._http.close()

    def _read(self, answer: Answer) -> Reply:
        """Read the envelope; what is none (a proxy's page, a cut body) leaves the call's fate open."""
        try:
            data = orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            data = None
        if not isinstance(data, dict) or not isinstance(data.get("ok"), bool):
            if answer.status == 413:  # the front end's own page: the body was too big to be read
                return Reply(False, code=413, text="Request Entity Too Large")
            raise Lost(f"HTTP {answer.status}, the answer is not the Bot API's")
        if data["ok"]:
            return Reply(True, data.get("result"))
        raw = data.get("parameters")
        parameters: dict[str, Any] = raw if isinstance(raw, dict) else {}
        moved_to = parameters.get("migrate_to_chat_id")
        code = data.get("error_code")
        return Reply(
            False,
            code=code if isinstance(code, int) else answer.status,
            text=self.scrub(str(data.get("description", ""))),
            retry_after=parameters.get("retry_after"),
            moved_to=None if moved_to is None else str(moved_to),
        )


async def _form(call: Call) -> FormBuilder:
    form = FormBuilder()
    for name, value in call.params.items():
        form = form.text(name, value if isinstance(value, str) else orjson.dumps(value).decode())
    for name, media in call.files:
        content = await asyncio.to_thread(media.path.read_bytes)
        # A name of our own: people's file names hold letters that some multipart parsers refuse.
        file_name = media.sha[:16] + (mimetypes.guess_extension(media.mime) or "")
        part = PartBuilder.from_bytes(content).mime(media.mime).file_name(file_name)
        form = form.part(name, part)
    return form
