"""A reader in the channels, written with python-telegram-bot: prints every post that comes, a JSON object a line.

Runs in `.venv-clients`: python ptb_reader.py SANDBOX-URL TOKEN.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from telegram import Update
from telegram.ext import Application, MessageHandler, filters


async def tell(update: Update, _context: Any) -> None:
    post = update.channel_post
    said = post.text or post.caption or ""
    print(json.dumps({"chat": post.chat.id, "message": post.message_id, "text": said}), flush=True)


async def main(url: str, token: str) -> None:
    builder = Application.builder().token(token).base_url(f"{url}/telegram/bot")
    application = builder.build()
    application.add_handler(MessageHandler(filters.UpdateType.CHANNEL_POST, tell))
    async with application:
        await application.start()
        await application.updater.start_polling(
            timeout=10, bootstrap_retries=-1, allowed_updates=Update.ALL_TYPES
        )
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
