"""A bot on python-telegram-bot, as its users write them; it runs in the environment of foreign clients.

    ptb_bot.py <sandbox url> <token> polling|webhook

It says «ready» on its standard output when updates reach it.
"""

from __future__ import annotations

import asyncio
import sys
from io import BytesIO
from typing import Any

from aiohttp import web
from pixel import PIXEL
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
)
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    PollAnswerHandler,
    filters,
)

Context = ContextTypes.DEFAULT_TYPE
SECRET = "s3cret_Token"


async def start(update: Update, context: Context) -> None:
    rows = [
        [
            InlineKeyboardButton("Да", callback_data="yes"),
            InlineKeyboardButton("Нет", callback_data="no"),
        ],
        [InlineKeyboardButton("Сайт", url="https://example.org/")],
    ]
    words = f"<b>Здравствуйте</b>, {update.effective_user.first_name}! {' '.join(context.args)}"
    await update.message.reply_html(words, reply_markup=InlineKeyboardMarkup(rows))


async def pressed(update: Update, context: Context) -> None:
    query = update.callback_query
    await query.answer(f"Вы выбрали {query.data}", show_alert=query.data == "no")
    await query.edit_message_text(f"Выбрано: {query.data}")
    try:
        await query.answer("ещё раз")
    except BadRequest as error:
        await context.bot.send_message(query.message.chat_id, f"второй ответ: {error.message}")


async def album(update: Update, context: Context) -> None:
    sent = await update.message.reply_media_group(
        [
            InputMediaPhoto(PIXEL, caption="Первое", filename="первое.png"),
            InputMediaPhoto(BytesIO(PIXEL)),
        ]
    )
    again = sent[0].photo[-1].file_id
    await update.message.reply_media_group(
        [InputMediaPhoto(again), InputMediaPhoto(again, caption="Снова")]
    )
    await sent[1].edit_caption("Второе, с подписью")


async def files(update: Update, context: Context) -> None:
    sent = await update.message.reply_document(
        b"%PDF-1.4 one", caption="Отчёт", filename="отчёт за год.pdf"
    )
    await sent.edit_media(
        InputMediaDocument(b"%PDF-1.4 two", caption="Новый отчёт", filename="новый.pdf")
    )
    await update.message.reply_audio(
        b"ID3 sound", title="Гимн", performer="Хор", filename="гимн.mp3"
    )
    await update.message.reply_voice(b"OggS", duration=3)
    await update.message.reply_location(56.85, 40.7)
    copied = await context.bot.copy_message(
        update.effective_chat.id, update.effective_chat.id, sent.message_id
    )
    await context.bot.forward_message(
        update.effective_chat.id, update.effective_chat.id, copied.message_id
    )
    await update.message.reply_text(f"скопировано в {copied.message_id}")


async def keyboard(update: Update, context: Context) -> None:
    rows = [[KeyboardButton("Раз"), KeyboardButton("Два")]]
    shown = ReplyKeyboardMarkup(rows, resize_keyboard=True, input_field_placeholder="Выберите")
    await update.message.reply_markdown_v2("*Выберите*\\.", reply_markup=shown)


async def vote(update: Update, context: Context) -> None:
    await update.message.reply_poll("Когда собрание?", ["В среду", "В пятницу"], is_anonymous=False)


async def voted(update: Update, context: Context) -> None:
    answer = update.poll_answer
    await context.bot.send_message(answer.user.id, f"голос: {list(answer.option_ids)}")


async def download(update: Update, context: Context) -> None:
    message = update.message
    source = message.document or message.photo[-1]
    file = await source.get_file()
    content = await file.download_as_bytearray()
    await message.reply_text(
        f"получено {len(content)} байт", reply_to_message_id=message.message_id
    )


async def refusals(update: Update, context: Context) -> None:
    chat, bot = update.effective_chat.id, context.bot
    tries: list[Any] = [
        lambda: bot.send_message(987654, "никому"),
        lambda: bot.send_message(chat, "<b>не закрыто", parse_mode="HTML"),
        lambda: bot.send_message(chat, "x" * 4097),
        lambda: bot.delete_message(chat, 999999),
        lambda: bot.send_photo(chat, "no-such-file-id"),
    ]
    said = []
    for one in tries:
        try:
            await one()
            said.append("прошло")
        except TelegramError as error:
            said.append(f"{type(error).__name__}: {error.message}")
    await bot.send_message(chat, "\n".join(said), reply_markup=ReplyKeyboardRemove())


async def burst(update: Update, context: Context) -> None:
    sent = 0
    try:
        for number in range(20):
            await context.bot.send_message(update.effective_chat.id, f"№ {number}")
            sent += 1
    except RetryAfter as error:
        await asyncio.sleep(0)
        wait = error.retry_after
        seconds = wait.total_seconds() if hasattr(wait, "total_seconds") else wait
        print(f"burst {sent} {seconds:g}", flush=True)


async def membership(update: Update, context: Context) -> None:
    change = update.my_chat_member
    if change.new_chat_member.status != "administrator":
        return
    try:
        sent = await context.bot.send_message(change.chat.id, "Бот в канале")
        await sent.pin()
        number = await change.chat.get_member_count()
        await sent.edit_text(f"Бот в канале, читателей {number}")
    except Forbidden as error:
        print(f"forbidden {error.message}", flush=True)


async def echo(update: Update, context: Context) -> None:
    post = update.effective_message
    await post.reply_text(f"«{post.text}»", entities=post.entities and [])


def build(url: str, token: str) -> Application[Any, Any, Any, Any, Any, Any]:
    application = (
        Application.builder()
        .token(token)
        .base_url(f"{url}/telegram/bot")
        .base_file_url(f"{url}/telegram/file/bot")
        .build()
    )
    commands = {
        "start": start, "album": album, "files": files, "keyboard": keyboard, "vote": vote,
        "refusals": refusals, "burst": burst,
    }  # fmt: skip
    for name, handler in commands.items():
        application.add_handler(CommandHandler(name, handler))
    application.add_handler(CallbackQueryHandler(pressed))
    application.add_handler(PollAnswerHandler(voted))
    application.add_handler(ChatMemberHandler(membership, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_handler(MessageHandler(filters.PHOTO | filters.Document.ALL, download))
    application.add_handler(MessageHandler(filters.TEXT & filters.ChatType.PRIVATE, echo))
    return application


async def by_polling(application: Any) -> None:
    await application.updater.start_polling(timeout=10, allowed_updates=Update.ALL_TYPES)
    print("ready", flush=True)
    await asyncio.Event().wait()


async def by_webhook(application: Any) -> None:
    async def receive(request: web.Request) -> web.Response:
        if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != SECRET:
            return web.Response(status=403)
        await application.update_queue.put(Update.de_json(await request.json(), application.bot))
        return web.Response()

    server = web.Application()
    server.router.add_post("/hook", receive)
    runner = web.AppRunner(server)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    address = f"http://127.0.0.1:{port}/hook"
    await application.bot.set_webhook(
        address, secret_token=SECRET, allowed_updates=Update.ALL_TYPES
    )
    info = await application.bot.get_webhook_info()
    assert info.url == address, info
    print("ready", flush=True)
    await asyncio.Event().wait()


async def main(url: str, token: str, how: str) -> None:
    application = build(url, token)
    async with application:
        await application.start()
        await (by_webhook if how == "webhook" else by_polling)(application)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
