"""Captchas: an ordered error 14 comes with a picture, and passes when its letters come back."""

from __future__ import annotations

import secrets
from io import BytesIO

from PIL import Image, ImageDraw

from sandbox.vk.params import Params

_LETTERS = "acdehkmnpqsuvxyz"  # those that are told apart easily
_OPEN = 100  # captchas that may wait for their answer at once


class Captchas:
    """The captchas that were shown and not yet answered; each may be answered once."""

    def __init__(self) -> None:
        """Begin with none."""
        self._open: dict[str, str] = {}

    def show(self) -> str:
        """Make a captcha and return its id."""
        sid = str(secrets.randbelow(9 * 10**11) + 10**11)
        self._open[sid] = "".join(secrets.choice(_LETTERS) for _ in range(5))
        for old in list(self._open)[:-_OPEN]:
            del self._open[old]
        return sid

    def answered(self, params: Params) -> bool:
        """Tell whether a call brings the right answer; a wrong one uses the captcha up too."""
        key = self._open.pop(params.text("captcha_sid"), None)
        return key is not None and params.text("captcha_key").strip().lower() == key

    def letters(self, sid: str) -> str | None:
        """Return the letters of a captcha that waits; None for any other."""
        return self._open.get(sid)


def picture(letters: str) -> bytes:
    """Return the letters as a PNG."""
    image = Image.new("RGB", (130, 50), "white")
    draw = ImageDraw.Draw(image)
    for place, letter in enumerate(letters):
        draw.text((14 + 22 * place, 8 + 5 * (place % 3)), letter, fill="black", font_size=24)
    for height in (14, 26, 38):
        draw.line((0, height, 130, height - 6), fill="gray")
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
