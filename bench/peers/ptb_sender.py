"""python-telegram-bot's bot as it comes."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram import Bot
from telegram.request import HTTPXRequest

from bench.peers.sender import TOKEN, Send, main


@asynccontextmanager
async def opening(url: str, in_flight: int) -> AsyncIterator[Send]:
    """Give its send_message, its connections not limited below the number in flight."""
    request = HTTPXRequest(connection_pool_size=in_flight, pool_timeout=60, read_timeout=60)
    async with Bot(TOKEN, base_url=f"{url}/bot", request=request) as bot:
        yield bot.send_message


if __name__ == "__main__":
    sys.exit(main(opening))
