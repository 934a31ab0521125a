"""pyTelegramBotAPI's asynchronous bot."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telebot import asyncio_helper
from telebot.async_telebot import AsyncTeleBot

from bench.peers.sender import TOKEN, Send, main


@asynccontextmanager
async def opening(url: str, in_flight: int) -> AsyncIterator[Send]:
    """Give its send_message, its connections not limited below the number in flight."""
    asyncio_helper.API_URL = url + "/bot{0}/{1}"
    asyncio_helper.REQUEST_LIMIT = in_flight
    bot = AsyncTeleBot(TOKEN)
    yield bot.send_message
    await bot.close_session()


if __name__ == "__main__":
    sys.exit(main(opening))
