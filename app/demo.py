"""The demo: a sandbox in a process of its own, and the network against it, with what to try."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app import demo_staff
from app.start import GRACE_DEMO_S, run_config
from app.where import file_of
from core.errors import VestnikError
from storage.sqlite import RunLock

if TYPE_CHECKING:
    from app.network import Network

READY_S = 30.0


async def run(config: Path, data: Path, port: int, stop: asyncio.Event) -> None:
    """Run sandbox and network until `stop`; both go on from what `data` keeps of the last time."""
    # The lock first: two sandboxes must not share one state file either.
    # And always a file of its own: what a sandbox plays has no place among what is real.
    where = file_of(data)
    with RunLock(where):
        async with _sandbox(data, port) as url:
            await run_config(
                config,
                data,
                stop,
                GRACE_DEMO_S,
                where=where,
                sandbox_url=url,
                ready=partial(_open_doors, url, data),
            )


async def _open_doors(url: str, data: Path, network: Network) -> None:
    async with network.wiring.db.write() as connection:
        await demo_staff.engage(connection, network.wiring.clock.now())
    _greet(url, data)


def _greet(url: str, data: Path) -> None:
    print(
        f"""
Вестник работает. Всё происходит на этом компьютере, настоящие мессенджеры не участвуют.

  Страница песочницы     {url}/
  Сайты с новостями      {url}/sites/federation/  {url}/sites/education/  {url}/sites/youth/
  Управление из программ {url}/control/world  (описание: docs/sandbox.md)

Что попробовать на странице (сверху выбирается, от чьего лица писать):
  Подписчик        «Ольга Смирнова» → бот → «Начать» (параметр ссылки org-education): подписка в одно
                   нажатие, первая новость приходит сразу. Часы «до завтра 9:00»: вечером подборка.
  Пресс-секретарь  «Марина Белова» → бот: пришлите текст, фото или альбом, DOCX. Карточка покажет, как
                   это увидят и кто; «Отправить».
  Модератор        «Пётр Соколов» (Образование) → «Одобрить»; новость для всей области решает ещё
                   «Сергей Волков» (федерация). До выхода минута: «Отменить». /queue покажет очередь.
  Молодёжный совет «Анна Лебедева» → пришлите текст, «Когда выйдет» → завтра в 18:00; утверждает
                   председатель «Денис Орлов». /plan покажет неделю. Переведите часы и смотрите канал.
  Владелец канала  «Марина Белова» добавляет бота администратором в свой канал «Образование Шуи»:
                   бот спросит в личном диалоге, что и как публиковать.
  Администратор    «Сергей Волков» → /people: пригласить по ссылке, забрать роль; /halt: остановить.
  Опубликовать на сайте: форма на странице или из программы:
     curl -s {url}/control/sites/federation -H 'Content-Type: application/json' \\
       -d '{{"publish": {{"title": "Завтра приём юриста", "html": "<p>С 10 до 12.</p>"}}}}'
  Кому доставлена последняя новость:  {sys.executable} main.py deliveries last --data {data}

Каждый сначала нажимает «Начать» в диалоге с ботом: первым бот не пишет никому.
Остановить: Ctrl-C. Снова `make demo` — продолжит отсюда; `make demo-reset` — начнёт заново.
""",
        flush=True,
    )


@asynccontextmanager
async def _sandbox(data: Path, port: int) -> AsyncIterator[str]:
    """Start the sandbox as a child that ends with us; yields its address."""
    await asyncio.to_thread(data.mkdir, parents=True, exist_ok=True)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sandbox",
        "--port",
        str(port),
        "--state",
        str(data / "sandbox.json"),
        "--with-parent",
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parent.parent,
        start_new_session=True,  # Ctrl-C is ours: the sandbox must outlive the last answers
    )
    try:
        url = await _address(process)
        yield url
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 3)
            except TimeoutError:
                process.kill()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), READY_S)
    except TimeoutError:
        line = b""
    words = line.decode().split()
    if len(words) != 2:
        raise VestnikError(
            "Песочница не запустилась (её слова выше). Если порт занят, выберите другой: "
            "main.py demo --port 8090, или 0 для любого свободного."
        )
    return words[1].rstrip("/")
