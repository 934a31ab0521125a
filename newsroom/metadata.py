"""Takes what a camera or a program wrote about a picture out of its file without touching the picture.

EXIF with the place and time of the photo, XMP, IPTC, comments, embedded previews, and whatever hangs
behind the end of the file go; colour profiles stay. Each function returns None for a file it
cannot follow to its end, which the caller then encodes anew.
"""

from __future__ import annotations

_SOI = b"\xff\xd8"
_EOI, _SOS, _COMMENT = 0xD9, 0xDA, 0xFE
_APP0, _APP2, _APP14, _APP15 = 0xE0, 0xE2, 0xEE, 0xEF
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_METADATA = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_GIF_LOOP = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def strip_jpeg(content: bytes) -> bytes | None:
    """Return a JPEG with its JFIF header, colour profile and Adobe mark as its only application data."""
    if not content.startswith(_SOI):
        return None
    kept = [_SOI]
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == _SOS:
            end = _scan_end(content, end)
        if end > len(content):
            return None
        if _is_kept(marker, content[at + 4 : at + 16]):
            kept.append(content[at:end])
        at = end
        if content[at : at + 2] == bytes((0xFF, _EOI)):
            return b"".join([*kept, bytes((0xFF, _EOI))])
    return None


def _is_kept(marker: int, head: bytes) -> bool:
    if marker == _COMMENT:
        return False
    if not _APP0 <= marker <= _APP15:
        return True
    return (
        (marker == _APP0 and head.startswith(b"JFIF\0"))
        or (marker == _APP2 and head.startswith(b"ICC_PROFILE\0"))
        or (marker == _APP14 and head.startswith(b"Adobe"))
    )


def _scan_end(content: bytes, at: int) -> int:
    """Return where the compressed data of a scan ends: at the next real marker."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            return len(content) + 1
        following = content[at + 1]
        if following != 0 and following != 0xFF and not 0xD0 <= following <= 0xD7:
            return at
        at += 1 if following == 0xFF else 2


def strip_png(content: bytes) -> bytes | None:
    """Return a PNG without its text, time and EXIF chunks."""
    if not content.startswith(_PNG):
        return None
    kept = [_PNG]
    at = len(_PNG)
    while at + 12 <= len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        kind = content[at + 4 : at + 8]
        if end > len(content):
            return None
        if kind not in _PNG_METADATA:
            kept.append(content[at:end])
        if kind == b"IEND":
            return b"".join(kept)
        at = end
    return None


def strip_gif(content: bytes) -> bytes | None:
    """Return a GIF without comments and application data; what makes an animation repeat stays."""
    if len(content) < 13:
        return None
    at = 13 + _table(content[10])
    kept = [content[:at]]
    while at < len(content):
        kind = content[at]
        if kind == 0x3B:
            return b"".join([*kept, b";"])
        if kind == 0x2C and at + 10 <= len(content):
            end = _blocks_end(content, at + 11 + _table(content[at + 9]))
        elif kind == 0x21 and at + 3 <= len(content):
            end = _blocks_end(content, at + 2)
        else:
            return None
        if end is None:
            return None
        if kind == 0x2C or _is_kept_extension(content[at:end]):
            kept.append(content[at:end])
        at = end
    return None


def _table(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks_end(content: bytes, at: int) -> int | None:
    while at < len(content):
        size = content[at]
        at += 1 + size
        if size == 0:
            return at
    return None


def _is_kept_extension(block: bytes) -> bool:
    return block[1] == 0xF9 or (block[1] == 0xFF and block[3:14] in _GIF_LOOP)
