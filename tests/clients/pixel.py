"""A picture of one red pixel, for bots and people alike."""

from __future__ import annotations

from base64 import b64decode

BASE64 = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
)
PIXEL = b64decode(BASE64)
