"""What kind of picture some bytes are, told by how they begin."""

from __future__ import annotations

_BEGINNINGS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


def picture_kind(body: bytes) -> str | None:
    """Return the MIME type of a JPEG, PNG, GIF or WebP, or None; only the first bytes are looked at."""
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    return next((mime for start, mime in _BEGINNINGS if body.startswith(start)), None)
