"""Whether two submissions are the same thing sent twice, by their words and the looks of their pictures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from PIL import Image, ImageOps

_WORD = re.compile(r"\w+")
_SHINGLE = 3  # words
_TEXTS_ALIKE = 0.8  # shared shingles, of all that either text has
_ALBUMS_ALIKE = 0.8  # shared pictures, of all that the larger album has
_MOST_BITS_APART = 6  # of two looks of one picture; what recompression changes
_FEWEST_BITS = 10  # set, and not set, in a look that says something: a plain picture has none
_FEWEST_ROWS = 3  # different ones: a page of text and a shaded background are alike in every row
_COLUMNS, _ROWS = 10, 7  # 9 differences in each of 7 rows: 63 bits
_ROW = (1 << _COLUMNS - 1) - 1
_STEP = 3  # levels of grey between neighbours that are a difference and not the noise of a JPEG
_WORK_SIDE = 512  # pixels; larger pictures are made smaller first


@dataclass(frozen=True, slots=True)
class Print:
    """What is kept of a submission to know it again: hashes of its word shingles, looks of its pictures."""

    words: frozenset[int]
    pictures: tuple[int, ...]


def print_of(title: str, body: str, looks: Sequence[int]) -> Print:
    """Return the print; hashes are the same in every process, 0 to 2^63 - 1.

    Letters' case, ё, punctuation and white space do not matter, nor does whether the first line was
    taken for a title.
    """
    text = f"{title}\n{body}".casefold().replace("ё", "е")
    words = _WORD.findall(text) or text.split()  # a text of emoji has no words
    size = min(_SHINGLE, len(words))
    rows = [" ".join(words[at : at + size]) for at in range(len(words) - size + 1)] if words else []
    seen: Counter[str] = Counter()
    hashes = set()
    for row in rows:
        seen[row] += 1  # said twice is not the same as said once
        hashes.add(_hash(f"{row} {seen[row]}"))
    return Print(frozenset(hashes), tuple(looks))


def _hash(text: str) -> int:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def alike(a: Print, b: Print) -> bool:
    """Tell whether they are so much alike that a person should be asked whether it is one thing.

    The same text is enough, whatever the pictures. The same album is enough when one of them has
    no text; with two different texts it must be an album of several pictures, since one picture
    may be a logo that goes with everything.
    """
    if a.words and b.words and _share(a.words, b.words) >= _TEXTS_ALIKE:
        return True
    mine, yours = _telling(a.pictures), _telling(b.pictures)
    if not mine or not yours:
        return False
    shared = min(_known(mine, yours), _known(yours, mine))
    needed = 2 if a.words and b.words else 1
    return shared >= needed and shared >= _ALBUMS_ALIKE * max(len(mine), len(yours))


def _share(a: frozenset[int], b: frozenset[int]) -> float:
    return len(a & b) / len(a | b)


def _telling(pictures: Sequence[int]) -> list[int]:
    """Return the looks by which a picture can be told from others; plain ones look all the same."""
    bits = _ROWS * (_COLUMNS - 1)
    return [
        look
        for look in pictures
        if _FEWEST_BITS <= look.bit_count() <= bits - _FEWEST_BITS
        and len({look >> at & _ROW for at in range(0, bits, _COLUMNS - 1)}) >= _FEWEST_ROWS
    ]


def _known(some: Sequence[int], others: Sequence[int]) -> int:
    return sum(
        any((look ^ other).bit_count() <= _MOST_BITS_APART for other in others) for look in some
    )


def look_of(image: Image.Image) -> int:
    """Return how a picture looks, as 63 bits (0 to 2^63 - 1): where it gets darker from left to right.

    Recompression, scaling and a turn noted in EXIF change few bits or none; cropping changes many.
    Transparent parts count as white. A plain picture gives 0. Raises OSError when the picture is
    opened but its bytes are broken.
    """
    small = ImageOps.exif_transpose(image)
    small.thumbnail((_WORK_SIDE, _WORK_SIDE))
    if small.has_transparency_data:
        over = small.convert("RGBA")
        small = Image.alpha_composite(Image.new("RGBA", over.size, "white"), over)
    grey = small.convert("L").resize((_COLUMNS, _ROWS), Image.Resampling.BOX).tobytes()
    look = 0
    for row in range(0, len(grey), _COLUMNS):
        for at in range(row, row + _COLUMNS - 1):
            look = look << 1 | (grey[at] - grey[at + 1] >= _STEP)
    return look
