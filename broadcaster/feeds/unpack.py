"""Takes the compression off an answer's body, measuring what comes out."""

from __future__ import annotations

import zlib

_GZIP = b"\x1f\x8b"
_PLAIN = {"", "identity", "gzip", "x-gzip", "none"}
_KNOWN = _PLAIN | {"deflate"}


class BodyError(Exception):
    """A body that cannot be unpacked; the reason is one of the subclasses."""


class TooBig(BodyError):
    """What came out is over the limit."""


class Broken(BodyError):
    """The compressed data is damaged or cut."""


class Unsupported(BodyError):
    """A way of compression that was not asked for."""


def unpack(body: bytes, encoding: str | None, limit: int) -> bytes:
    """Return the body without its Content-Encoding, at most `limit` bytes of it.

    The bytes are believed before the header: gzip is known by its magic number also where the
    header is silent, and a body that is not gzip is left alone where the header says it is.
    Raises TooBig, Broken or Unsupported.
    """
    named = (encoding or "").strip().lower()
    if body.startswith(_GZIP):
        return _inflate(body, 31, limit)
    if named not in _KNOWN:
        raise Unsupported(named)
    if named == "deflate" and body:
        return _inflate(body, 15 if _has_zlib_header(body) else -15, limit)
    if len(body) > limit:
        raise TooBig
    return body


def _has_zlib_header(body: bytes) -> bool:
    return len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0


def _inflate(body: bytes, window: int, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    rest = body
    while rest:
        stream = zlib.decompressobj(window)
        try:
            part = stream.decompress(rest, limit - size + 1)
        except zlib.error as error:
            raise Broken(str(error)) from error
        parts.append(part)
        size += len(part)
        if size > limit:
            raise TooBig
        if not stream.eof:
            raise Broken("cut")
        # A gzip file may have several members; anything else behind the end is padding.
        rest = stream.unused_data if stream.unused_data.startswith(_GZIP) else b""
    return b"".join(parts)
