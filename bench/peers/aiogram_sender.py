"""aiogram's bot as it comes."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bench.peers.sender import TOKEN, Send, main


@asynccontextmanager
async def opening(url: str, in_flight: int) -> AsyncIterator[Send]:
    """Give its send_message, its connections not limited below the number in flight."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(url), limit=in_flight)
    async with Bot(TOKEN, session=session) as bot:
        yield bot.send_message


if __name__ == "__main__":
    sys.exit(main(opening))
