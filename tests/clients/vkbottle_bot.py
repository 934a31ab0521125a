"""A bot on vkbottle, as its users write them; it runs in the environment of foreign clients.

    vkbottle_bot.py <sandbox url> <community key> polling|callback [<user key>]

It says «ready» on its standard output when events reach it.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import Any

from aiohttp import web
from pixel import PIXEL
from vkbottle import (
    API,
    Callback,
    DocMessagesUploader,
    GroupEventType,
    Keyboard,
    PhotoMessageUploader,
    PhotoWallUploader,
    TemplateElement,
    Text,
    VKAPIError,
    template_gen,
    vkscript,
)
from vkbottle.bot import Bot, BotLabeler, Message, MessageEvent
from vkbottle.callback import BotCallback

on = BotLabeler()


@on.message(payload={"command": "start"})
async def start(message: Message) -> None:
    person = await message.get_user()
    keyboard = Keyboard(inline=True)
    keyboard.add(Callback("Всплыть", {"do": "snack"})).add(Callback("Изменить", {"do": "edit"}))
    keyboard.row().add(Text("Спасибо", {"do": "thanks"}))
    await message.answer(
        f"Здравствуйте, {person.first_name}! {message.ref or ''}", keyboard=keyboard.get_json()
    )


@on.raw_event(GroupEventType.MESSAGE_EVENT, dataclass=MessageEvent)
async def pressed(event: MessageEvent) -> None:
    assert event.payload is not None
    if event.payload["do"] == "snack":
        await event.show_snackbar("Всплыло")
        return
    await event.edit_message("Изменено по нажатию")
    await event.send_empty_answer()


@on.message(text="/files")
async def files(message: Message) -> None:
    api = message.ctx_api
    photo = await PhotoMessageUploader(api).upload(PIXEL, peer_id=message.peer_id)
    doc = await DocMessagesUploader(api).upload(
        b"%PDF-1.4 one", title="отчёт.pdf", peer_id=message.peer_id
    )
    sent = await message.answer("Снимок и отчёт", attachment=f"{photo},{doc}")
    await api.messages.edit(
        peer_id=message.peer_id,
        cmid=sent.conversation_message_id,
        message="Остался снимок",
        attachment=photo,
    )
    await message.reply("вот они")
    await message.forward("а это ваши слова")


@on.message(text="/cards")
async def cards(message: Message) -> None:
    buttons = Keyboard().add(Text("Записаться", {"to": 1})).get_json()
    shown = template_gen(TemplateElement("Семинар", "В среду", buttons=buttons))
    await message.answer("Выберите", template=shown)


@on.message(text="/many")
async def many(message: Message) -> None:
    # vkbottle's own model of this answer wants a message id beside an error too, so it is read raw.
    order = {"peer_ids": f"{message.from_id},999999", "random_id": 77, "message": "Всем"}
    answers = [
        (await message.ctx_api.request("messages.send", order))["response"] for _ in range(2)
    ]
    known = [answer[0]["message_id"] for answer in answers]
    await message.answer(
        f"одно и то же: {known[0] == known[1]}, отказ: {answers[0][1]['error']['code']}"
    )


@vkscript
def names(api: Any, ids: Any = ()) -> Any:
    found = []
    for one in ids:
        found.append(api.users.get(user_ids=one)[0].first_name)
    return found


@on.message(text="/script")
async def script(message: Message) -> None:
    pair = "return [API.utils.getServerTime(),API.users.get({user_ids:101})];"
    both = (await message.ctx_api.request("execute", {"code": pair}))["response"]
    loop = (await message.ctx_api.request("execute", {"code": names(ids=[101, 102]).code}))[
        "response"
    ]
    await message.answer(f"{both[1][0]['first_name']}; {', '.join(loop)}")


@on.message(text="/refusals")
async def refusals(message: Message) -> None:
    api, said = message.ctx_api, []
    tries = [
        lambda: api.messages.send(peer_id=102, random_id=0, message="незнакомцу"),
        lambda: api.messages.send(peer_id=message.peer_id, random_id=0, message="x" * 4097),
        lambda: api.messages.send(peer_id=message.peer_id, random_id=0, message="x", keyboard="{"),
        lambda: api.messages.send(peer_id=2_000_000_099, random_id=0, message="в беседу"),
        lambda: api.wall.post(owner_id=-1, message="на стену"),
        lambda: api.request("messages.sing", {}),
    ]
    for one in tries:
        try:
            await one()
            said.append("прошло")
        except VKAPIError as error:
            said.append(f"{error.code}")
    await message.answer(" ".join(said))


@on.message(text="/wall")
async def wall(message: Message) -> None:
    api, mine = API(sys.argv[4]), message.ctx_api
    group = (await mine.groups.get_by_id()).groups[0].id
    photo = await PhotoWallUploader(api).upload(PIXEL, group_id=group)
    post = await api.wall.post(
        owner_id=-group, from_group=True, message="Новость", attachments=[photo], guid="n1"
    )
    again = await api.wall.post(
        owner_id=-group, from_group=True, message="Новость", attachments=[photo], guid="n1"
    )
    assert post.post_id == again.post_id
    await api.wall.edit(
        owner_id=-group, post_id=post.post_id, message="Новость, уточнено", attachments=[photo]
    )
    await api.http_client.close()
    await message.answer("на стене")


@on.message(attachment="photo")
async def photo(message: Message) -> None:
    pictures = message.get_photo_attachments() or []
    biggest = pictures[0].orig_photo or pictures[0].sizes[-1]
    content = await message.ctx_api.http_client.request_content(str(biggest.url))
    await message.answer(f"получено {len(content)} байт")


@on.chat_message(text="бот, <words>")
async def in_chat(message: Message, words: str) -> None:
    members = await message.ctx_api.messages.get_conversation_members(peer_id=message.peer_id)
    await message.answer(f"в беседе {members.count}: {words}")


@on.private_message(text="<words>")
async def echo(message: Message, words: str) -> None:
    await message.answer(f"«{words}»")


async def by_polling(bot: Bot) -> None:
    print("ready", flush=True)
    await bot.run_polling()


async def by_callback(bot: Bot) -> None:
    confirmation, secret = "", bot.callback.get_secret_key()
    running: set[asyncio.Task[None]] = set()

    async def receive(request: web.Request) -> web.Response:
        event = await request.json()
        if event.get("secret", secret) != secret:
            return web.Response(status=403)
        if event["type"] == "confirmation":
            return web.Response(text=confirmation)
        task = asyncio.create_task(bot.process_event(event))
        running.add(task)
        task.add_done_callback(running.discard)
        return web.Response(text="ok")

    server = web.Application()
    server.router.add_post("/callback", receive)
    runner = web.AppRunner(server)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    bot.callback.url, bot.callback.title = f"http://127.0.0.1:{port}/callback", "Проба"
    await bot.callback.setup_group_id()
    confirmation = await bot.callback.get_callback_confirmation_code()
    server_id = await bot.callback.add_callback_server()
    kinds = {"message_new": True, "message_event": True}
    await bot.callback.set_callback_settings(server_id, kinds)
    # VK asks for the code in its own time; what happens before that is told to nobody.
    while (await bot.callback.get_callback_servers([server_id]))[0]["status"] != "ok":  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    print("ready", flush=True)
    await asyncio.Event().wait()


async def main(url: str, key: str, how: str) -> None:
    API.API_URL = f"{url}/vk/method/"
    api = API(key)
    bot = Bot(api=api, labeler=on, callback=BotCallback(secret_key="obshchij-sekret"))
    await (by_callback if how == "callback" else by_polling)(bot)


if __name__ == "__main__":
    logging.disable(logging.INFO)
    asyncio.run(main(*sys.argv[1:4]))
