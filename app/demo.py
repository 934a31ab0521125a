"""The demo: a sandbox in a process of its own, and the network against it, with what to try."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from app.start import GRACE_DEMO_S, run_config
from core.errors import VestnikError

READY_S = 30.0


async def run(config: Path, data: Path, port: int, stop: asyncio.Event) -> None:
    """Run sandbox and network until `stop`; both go on from what `data` keeps of the last time."""
    async with _sandbox(data, port) as url:
        await run_config(
            config, data, stop, GRACE_DEMO_S, sandbox_url=url, ready=lambda: _greet(url)
        )


def _greet(url: str) -> None:
    print(
        f"""
Вестник работает. Всё происходит на этом компьютере, настоящие мессенджеры не участвуют.

  Страница песочницы     {url}/
  Сайты с новостями      {url}/sites/federation/  {url}/sites/education/  {url}/sites/youth/
  Управление из программ {url}/control/world  (описание: docs/sandbox.md)

Что попробовать:
  1. На странице выберите человека «Ольга Смирнова» и начните диалог с ботом: подписка в два нажатия.
  2. Переведите часы «до завтра 9:00» или «+1 час»: придёт вечерняя подборка.
  3. Выберите «Марина Белова» и добавьте бота администратором в её канал «Образование Шуи»:
     бот спросит её в личном диалоге, что и как публиковать.
  4. Выберите «Сергей Волков» (администратор сети) и напишите боту /halt: рассылку можно остановить.
  5. Опубликуйте новость на сайте:
     curl -s {url}/control/sites/federation -H 'Content-Type: application/json' \\
       -d '{{"publish": {{"title": "Молния: завтра приём юриста", "html": "<p>С 10 до 12.</p>"}}}}'
  6. Посмотрите, кому она доставлена:  .venv/bin/python main.py deliveries last

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
