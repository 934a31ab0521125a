"""Reads an API request's parameters and files, in whichever of the usual forms a client sends them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser
from starlette.types import Message, Receive, Scope

from sandbox.api import Upload
from sandbox.values import loaded

MAX_BODY = 50 * 1024 * 1024  # bytes; the Bot API takes uploads up to 50 MB
_ESCAPES = re.compile(rb"(?:%[0-9A-Fa-f]{2})+")
_MIME = re.compile(rb"[\w.+-]+/[\w.+-]+")
_CHARSETS = ("", "utf-8", "iso-8859-1")  # of file names: those that RFC 5987 names
_PARAMETER = re.compile(rb';\s*([A-Za-z0-9*_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))')


class TooLarge(Exception):
    """The body is larger than the server takes."""


class Unreadable(Exception):
    """The body is not what its content type says."""


async def read(
    scope: Scope, receive: Receive, limit: int = MAX_BODY, *, first_wins: bool = False
) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Return the parameters and the uploaded files by field name.

    Of parameters that come twice the last counts, and the body's before the query's; with `first_wins`
    it is the other way round. They are text, or whatever JSON holds in a JSON body. Raises TooLarge
    above `limit` bytes, Unreadable for a broken body.
    """
    params: dict[str, Any] = {}
    query = scope["query_string"]
    if query:
        params.update(_form(query, first_wins))
    body = await _whole(scope, receive, limit)
    if not body:
        return params, {}
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    given, files = parse(kind, body, first_wins=first_wins)
    return (given | params if first_wins else params | given) if params else given, files


def parse(
    kind: bytes, body: bytes, *, first_wins: bool = False
) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Return the parameters and files of a body of that content type; raises Unreadable."""
    lower = kind[:32].lower()
    if lower.startswith(b"multipart/form-data"):
        return _multipart(kind, body, first_wins)
    if lower.startswith(b"application/json"):
        return _object(body), {}
    return _form(body, first_wins), {}


async def _whole(scope: Scope, receive: Receive, limit: int) -> bytes:
    """Return the whole body; what is too large is refused as soon as that is known.

    The server throws away what a client still sends after it was refused, so that it can read why.
    """
    announced = next((size for name, size in scope["headers"] if name == b"content-length"), b"")
    if announced.isdigit() and int(announced) > limit:
        raise TooLarge
    first = await _piece(receive)
    if not first.get("more_body"):
        whole: bytes = first["body"]
        if len(whole) > limit:
            raise TooLarge
        return whole
    parts, size, more = [first["body"]], len(first["body"]), True
    while more and size <= limit:
        message = await _piece(receive)
        parts.append(message["body"])
        size += len(message["body"])
        more = message.get("more_body", False)
    if size > limit:
        raise TooLarge
    return b"".join(parts)


async def _piece(receive: Receive) -> Message:
    message = await receive()
    if message["type"] == "http.disconnect":
        # Half a call must never be carried out as if it were whole.
        raise Unreadable("the body ended before its end")
    message.setdefault("body", b"")
    return message


def _form(source: bytes, first_wins: bool) -> dict[str, str]:
    """Return the pairs of a query or an urlencoded body.

    The standard library's parser takes three times as long for Cyrillic, where every letter is two
    escapes; here a run of escapes is decoded at once.
    """
    pairs: dict[str, str] = {}
    given = source.replace(b"+", b" ").split(b"&")
    for pair in reversed(given) if first_wins else given:
        if pair:
            name, _, value = pair.partition(b"=")
            pairs[_unquoted(name)] = _unquoted(value)
    return pairs


def _unquoted(value: bytes) -> str:
    if b"%" not in value:
        return _text(value)
    try:
        # Python's own escapes are decoded in C: %D0 as \xD0. A lone % raises.
        escaped = value.replace(b"\\", rb"\\").replace(b"%", rb"\x")
        return _text(escaped.decode("unicode_escape").encode("latin-1"))
    except UnicodeDecodeError:
        return _text(
            _ESCAPES.sub(lambda run: bytes.fromhex(run[0].replace(b"%", b"").decode()), value)
        )


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = loaded(body)
    except ValueError as error:
        raise Unreadable(str(error)) from None
    if not isinstance(value, dict):
        raise Unreadable("the JSON body is not an object")
    return value


class _Part:
    __slots__ = ("content", "header", "headers", "value")

    def __init__(self) -> None:
        self.headers: dict[bytes, bytes] = {}
        self.header, self.value = b"", b""
        self.content = bytearray()


def _multipart(
    kind: bytes, body: bytes, first_wins: bool
) -> tuple[dict[str, str], dict[str, Upload]]:
    boundary = _parameters(kind).get("boundary")
    if not boundary:
        raise Unreadable("multipart/form-data without a boundary")
    parts: list[_Part] = []
    ended: list[bool] = []

    def header_field(data: bytes, start: int, end: int) -> None:
        parts[-1].header += data[start:end]

    def header_value(data: bytes, start: int, end: int) -> None:
        parts[-1].value += data[start:end]

    def header_end() -> None:
        part = parts[-1]
        part.headers[part.header.lower()] = part.value
        part.header, part.value = b"", b""

    def part_data(data: bytes, start: int, end: int) -> None:
        parts[-1].content += data[start:end]

    parser = MultipartParser(
        boundary.encode(),
        {
            "on_part_begin": lambda: parts.append(_Part()),
            "on_part_data": part_data,
            "on_header_field": header_field,
            "on_header_value": header_value,
            "on_header_end": header_end,
            "on_end": lambda: ended.append(True),
        },
    )
    try:
        parser.write(body)
        parser.finalize()
    except MultipartParseError as error:
        raise Unreadable(str(error)) from None
    if not ended:
        raise Unreadable("the multipart body has no end")
    fields: dict[str, str] = {}
    files: dict[str, Upload] = {}
    for part in reversed(parts) if first_wins else parts:
        given = _parameters(part.headers.get(b"content-disposition", b""))
        name, file_name = given.get("name", ""), _file_name(given)
        if file_name is None:
            fields[name] = _text(bytes(part.content))
        else:
            # What a client says of a file is served again as a header: it must not be able to break one.
            said = _MIME.match(part.headers.get(b"content-type", b""))
            mime = said[0].decode() if said else "application/octet-stream"
            files[name] = Upload(file_name, mime, bytes(part.content))
    return fields, files


def _parameters(header: bytes) -> dict[str, str]:
    """Return a header's parameters; names may hold raw UTF-8, as some clients send them."""
    found = {}
    for name, quoted, bare in _PARAMETER.findall(header):
        value = re.sub(rb'\\(["\\])', rb"\1", quoted) if quoted else bare
        found[name.decode("latin-1").lower()] = _text(value)
    return found


def _file_name(given: dict[str, str]) -> str | None:
    extended = given.get("filename*")
    if extended is None:
        return given.get("filename")
    charset, _, rest = extended.partition("'")
    if charset.lower() not in _CHARSETS:
        return given.get("filename", rest)
    return unquote(rest.partition("'")[2], encoding=charset or "utf-8")


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
