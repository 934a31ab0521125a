"""Turns the bytes of an answer into text, whatever encoding it is in and whatever it says about that.

The order of belief: a byte order mark, valid UTF-8, UTF-16 by its zero bytes, then the single-byte
encoding in which the letters look most like Russian; what the answer declares tips the scales where
the letters leave doubt. Broken bytes become U+FFFD; nothing raises.
"""

from __future__ import annotations

import codecs
import re

from broadcaster.feeds.letters import likelihood

# Single-byte and East Asian encodings a site may declare, as Python calls them. UTF-8 and UTF-16
# are known by their bytes; utf-7, unicode_escape and the like are not for text from strangers.
_DECLARABLE = re.compile(
    r"cp125\d|cp8(55|66)|koi8-[rut]|mac-(cyrillic|roman)|iso8859-\d+|kz1048|ptcp154"
    r"|gb18030|big5|shift_jis|euc_(jp|kr)"
)
# Declared as these, browsers read the Windows encoding.
_WIDER = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_RUSSIAN = ("cp1251", "koi8-r", "cp866", "iso8859-5", "mac-cyrillic")
# Natural logarithms of prior belief, set against the sum over the letters of the sample.
_DECLARED_BONUS = 6.0
_USUAL_BONUS = {"cp1251": 3.0, "koi8-r": 1.0}
_HEAD = 2048
_SAMPLE = 6000  # bytes of letters that are weighed; more cannot change the answer
_IN_HTTP = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_IN_PROLOG = re.compile(
    rb"<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]+)|<meta\b[^>]{0,200}?\bcharset\s*=\s*[\"']?([\w.:-]+)",
    re.IGNORECASE,
)
# A run with its ASCII neighbours: «é» inside a Latin word is no Cyrillic letter.
_RUN = re.compile(rb"[A-Za-z]?[\x80-\xff]{1,200}[A-Za-z]?")
_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HIGH = re.compile(rb"[\x80-\xff]")


def decode(content: bytes, content_type: str | None = None) -> str:
    """Return the text of an answer with that Content-Type; a byte order mark is taken off."""
    for mark, name in _BOMS:
        if content.startswith(mark):
            rest = content[len(mark) :]
            return (
                rest.decode(name, "replace") if name != "utf-8" else _eight_bit(rest, content_type)
            )
    wide = _wide(content)
    if wide is not None:
        return content.decode(wide, "replace")
    return _eight_bit(content, content_type).removeprefix("\ufeff")


def _eight_bit(content: bytes, content_type: str | None) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if _is_nearly_utf8(content):
        return content.decode("utf-8", "replace")
    return content.decode(_best(content, _declared(content, content_type)), "replace")


def _declared(content: bytes, content_type: str | None) -> list[str]:
    labels = _IN_HTTP.findall(content_type or "")
    for xml, html in _IN_PROLOG.findall(content[:_HEAD]):
        labels.append((xml or html).decode("ascii", "replace"))
    names = (_python_name(label) for label in labels)
    return [name for name in names if name is not None]


def _python_name(label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    name = _WIDER.get(name, name)
    return name if _DECLARABLE.fullmatch(name) else None


def _wide(content: bytes) -> str | None:
    """Know UTF-16 and UTF-32 without a mark: of the markup's ASCII, every second byte is zero."""
    head = content[: _HEAD * 4]
    quarter = len(head) // 4
    if quarter == 0 or head.count(0) * 8 < len(head):
        return None
    zeros = [head[start::4].count(0) for start in range(4)]
    for name, full, empty in (
        ("utf-32-le", (0,), (2, 3)),
        ("utf-32-be", (3,), (0, 1)),
        ("utf-16-le", (0, 2), (1, 3)),
        ("utf-16-be", (1, 3), (0, 2)),
    ):
        # Cyrillic has no zero bytes, so in UTF-16 the zeros may be far from every second byte.
        least = 0.9 if name.startswith("utf-32") else 0.2
        if all(zeros[i] > least * quarter for i in empty) and all(
            zeros[i] <= 0.02 * quarter for i in full
        ):
            return name
    return None


def _is_nearly_utf8(content: bytes) -> bool:
    """Tell UTF-8 with a few letters cut in half from another encoding, where such pairs are chance."""
    high = len(_HIGH.findall(content))
    inside = sum(map(len, _SEQUENCE.findall(content)))
    return inside >= 0.8 * high


def _best(content: bytes, declared: list[str]) -> str:
    runs = _sample(content)
    candidates = dict.fromkeys([*declared, *_RUSSIAN])

    def belief(name: str) -> float:
        bonus = _USUAL_BONUS.get(name, 0.0) + (_DECLARED_BONUS if name in declared else 0.0)
        return bonus + sum(likelihood(run.decode(name, "replace")) for run in runs)

    return max(candidates, key=belief)


def _sample(content: bytes) -> list[bytes]:
    runs: list[bytes] = []
    size = 0
    for match in _RUN.finditer(content):
        runs.append(match.group())
        size += len(runs[-1])
        if size >= _SAMPLE:
            break
    return runs
