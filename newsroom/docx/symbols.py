"""Signs of the old picture fonts, which Word writes as numbers of a font of its own."""

from __future__ import annotations

# The low byte of the code in the font, to the Unicode sign that looks alike.
_WINGDINGS = {
    0x22: "✂", 0x28: "☎", 0x29: "✆", 0x2A: "✉", 0x34: "✎", 0x46: "☞", 0x4A: "☺", 0x4C: "☹", 0x6C: "●",
    0x6E: "■", 0x6F: "□", 0x71: "❑", 0x75: "◆", 0x76: "❖", 0x9F: "•", 0xA7: "▪", 0xA8: "◻", 0xAB: "★",
    0xD8: "➢", 0xE0: "→", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
_SYMBOL = {
    0xA3: "≤", 0xA5: "∞", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±",
    0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0xBC: "…", 0xD2: "®", 0xD3: "©",
    0xD4: "™", 0xD6: "√", 0xDE: "⇒", 0xE2: "®", 0xE3: "©", 0xE4: "™", 0xE5: "∑",
}  # fmt: skip
_FONTS = {"wingdings": _WINGDINGS, "symbol": _SYMBOL}
_OWN = range(0xE000, 0xF900)  # Unicode leaves these to fonts: elsewhere they are empty boxes
_NO_BOXES = dict.fromkeys(_OWN)


def sign(font: str, code: str) -> str:
    """Return the sign of a font by its hexadecimal code, or «» when it is not known."""
    if not 1 <= len(code) <= 6:
        return ""
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    table = _FONTS.get(font.lower())
    if table is not None:
        return table.get(number & 0xFF, "")
    return chr(number) if _is_letter(number) else ""


def without_boxes(text: str) -> str:
    """Return it without letters that only one font knows."""
    return text if text.isascii() else text.translate(_NO_BOXES)


def _is_letter(number: int) -> bool:
    return 0x20 <= number <= 0x10FFFF and number not in _OWN and not 0xD800 <= number <= 0xDFFF
