"""Telegram's Bot API over the sandbox's world."""

from sandbox.telegram.side import TelegramSide

__all__ = ["TelegramSide"]
