"""aiogram, unchanged, against the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.filters import CommandStart
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    Message,
)
from aiogram.utils.media_group import MediaGroupBuilder
from telegram_town import CHANNEL, GROUP, IVAN, OLGA, Town, in_town, png

KEYS = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Да", callback_data="yes")]]
)


def with_bot(story: Callable[[Town, Bot], Awaitable[None]], token: str | None = None) -> None:
    async def run(town: Town) -> None:
        server = TelegramAPIServer.from_base(f"{town.sandbox.url}/telegram")
        async with Bot(token or town.bot.token, session=AiohttpSession(api=server)) as bot:
            await story(town, bot)

    in_town(run)


def test_it_sends_edits_and_deletes() -> None:
    async def story(town: Town, bot: Bot) -> None:
        sent = await bot.send_message(
            CHANNEL, "<b>Новость</b>", parse_mode=ParseMode.HTML, reply_markup=KEYS
        )
        assert sent.html_text == "<b>Новость</b>"
        edited = await bot.edit_message_text("Правка", chat_id=CHANNEL, message_id=sent.message_id)
        assert isinstance(edited, Message)
        assert edited.edit_date is not None
        assert await bot.delete_message(CHANNEL, sent.message_id)
        assert await bot.set_my_commands([BotCommand(command="help", description="Помощь")])
        assert (await bot.get_my_commands())[0].description == "Помощь"
        assert (await bot.get_chat(CHANNEL)).username == "novosti"
        assert (await bot.get_chat_member(CHANNEL, bot.id)).status == "administrator"

    with_bot(story)


def test_it_uploads_albums_and_downloads_files() -> None:
    async def story(town: Town, bot: Bot) -> None:
        album = MediaGroupBuilder(caption="Три снимка")
        for n in range(3):
            album.add_photo(BufferedInputFile(png(40 + n), f"снимок {n}.png"))
        sent = await bot.send_media_group(CHANNEL, album.build())
        assert len({message.media_group_id for message in sent}) == 1
        assert sent[2].photo is not None
        content = await bot.download(sent[2].photo[-1].file_id)
        assert content is not None
        assert content.read() == png(42)
        document = await bot.send_document(CHANNEL, BufferedInputFile(b"%PDF", "отчёт за год.pdf"))
        assert document.document is not None
        assert document.document.file_name == "отчёт за год.pdf"
        changed = InputMediaPhoto(media=BufferedInputFile(png(99), "новый.png"), caption="Другой")
        edited = await bot.edit_message_media(
            changed, chat_id=CHANNEL, message_id=sent[0].message_id
        )
        assert isinstance(edited, Message)
        assert edited.photo is not None
        assert (edited.photo[-1].width, edited.caption) == (99, "Другой")

    with_bot(story)


def test_it_polls_and_answers_presses() -> None:
    async def story(town: Town, bot: Bot) -> None:
        dispatcher = Dispatcher()

        @dispatcher.message(CommandStart(deep_link=True))
        async def start(message: Message) -> None:
            await message.answer("Публикуем?", reply_markup=KEYS)

        @dispatcher.callback_query()
        async def press(query: CallbackQuery) -> None:
            await query.answer(f"Принято: {query.data}")

        polling = asyncio.create_task(
            dispatcher.start_polling(bot, handle_signals=False, polling_timeout=20)
        )
        dialog = town.dialog()
        await town.side.do(dialog, OLGA, "start", {"payload": "abc"})
        while len(dialog.messages) < 2:
            await town.world.wait_change(5)
        answer = await town.side.press(dialog, OLGA, dialog.messages[-1].id, 0, 0)
        assert answer == {"text": "Принято: yes", "alert": False}
        await dispatcher.stop_polling()
        await polling

    with_bot(story)


def test_it_knows_every_refusal_by_its_class() -> None:
    async def story(town: Town, bot: Bot) -> None:
        with pytest.raises(TelegramForbiddenError, match="can't initiate conversation"):
            await bot.send_message(IVAN, "x")
        with pytest.raises(TelegramBadRequest, match="can't parse entities"):
            await bot.send_message(CHANNEL, "<b>x", parse_mode=ParseMode.HTML)
        await town.side.do(town.side.find_chat("Цех", None), OLGA, "migrate", {})
        with pytest.raises(TelegramMigrateToChat) as migrated:
            await bot.send_message(GROUP, "x")
        sent = await bot.send_message(migrated.value.migrate_to_chat_id, "x")
        assert sent.chat.type == "supergroup"
        town.gate.faults.add({"do": "throttle", "retry_after": 7, "times": 1})
        with pytest.raises(TelegramRetryAfter) as held:
            await bot.send_message(CHANNEL, "x")
        assert held.value.retry_after == 7

    with_bot(story)


def test_it_is_unauthorized_with_a_foreign_token() -> None:
    async def story(town: Town, bot: Bot) -> None:
        with pytest.raises(TelegramUnauthorizedError):
            await bot.get_me()

    with_bot(story, token="123456:nobody-has-this-token")
