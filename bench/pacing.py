"""How much of the platform's rate is used, and how many accounts one process drives at all of it.

The echo judges: it refuses as the platform does, and its clock says when each call came.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import httpx

from bench.house import build, folder, opened
from bench.judge import Reading
from bench.process import Served, ask, core, do_job, own_cpu_s, own_peak_mb, serving
from bench.table import Row
from broadcaster import pace

RATES = {"telegram": 30, "vk": 20}  # calls a second of one account
_PACK = {"telegram": 1, "vk": 100}  # messages of one call
ENOUGH = 0.95  # of the rate: with less an account is no longer driven at it
_GRACE_S = 4  # so that a slow start does not cut the measured seconds short


def measure_share(accounts: Sequence[int], seconds: int, delay_ms: int) -> list[Row]:
    """Measure the share of 30 a second under both readings of the limit."""
    rows = []
    for number in accounts:
        shares, refused, paused = [], 0, 0.0
        readings: tuple[Reading, ...] = ("bucket", "sliding")
        for reading in readings:
            told = _drive("telegram", number, seconds, delay_ms, reading)
            shares.append(f"{told['share']:.1%}")
            refused += told["refused"]
            paused = max(paused, told["paused_ms"])
            _say("pacing", told)
        rows.append(
            Row(
                f"share of 30/s in {seconds} s, {_accounts(number)}, bucket / sliding",
                "99 % / 98 %, no 429",
                "",
                "tgcast 93 % / 85 %",
                f"{' / '.join(shares)}, {refused} × 429",
                f"round trip {delay_ms} ms; broadcaster.pace uses {_ceiling():.1%} at most; "
                f"the judge stood still for up to {paused:.0f} ms: beyond some 30 a 429 is the host's fault",
            )
        )
    return rows


def measure_accounts(accounts: Sequence[int], seconds: int, delay_ms: int) -> Row:
    """Drive more and more accounts on one core while they get nearly their full rate."""
    most, driven, share = 0.0, 0, 0.0
    for number in accounts:
        told = _drive("telegram", number, seconds, delay_ms, "sliding")
        _say("accounts", told)
        if told["share"] < ENOUGH:
            break
        most, driven, share = told["messages_s"] / RATES["telegram"], number, told["share"]
    return Row(
        "accounts one process drives at 30/s on one core",
        "100",
        "200",
        "aiogram about 60",
        f"{most:.0f} ({driven} at {share:.0%})",
        f"the messages of all accounts in a second divided by 30, while they get {ENOUGH:.0%} of their rate "
        "together; a wall figure: a shared core halves it",
    )


def measure_packed(seconds: int, delay_ms: int) -> Row:
    """Measure recipients a second of a VK community."""
    told = _drive("vk", 1, seconds, delay_ms, "sliding")
    _say("vk", told)
    return Row(
        "VK recipients a second, one community at 20/s",
        "1900",
        "1980",
        "2000 is the limit",
        f"{told['messages_s']:.0f}, {told['refused']} × error 6",
        f"CPU {told['cpu_ms']:.3f} ms a recipient, {told['recorded']} recorded; "
        f"broadcaster.pace uses {_ceiling() * 2000:.0f} at most",
    )


def _drive(
    network: str, accounts: int, seconds: int, delay_ms: int, reading: Reading
) -> dict[str, Any]:
    rate = RATES[network]
    options = ("--judge", reading, "--per-s", str(rate), "--delay-ms", str(delay_ms))
    with serving("bench.echo", *options, core=core(0)) as echo:
        job = {
            "url": echo.url,
            "network": network,
            "accounts": accounts,
            "chats": (seconds + _GRACE_S + 2) * rate * _PACK[network],
            "seconds": seconds + _GRACE_S,
            "core": core(1),
        }
        told = ask(job, "-m", "bench.pacing")
        seen = _told(echo, seconds)
        paused = float(httpx.get(f"{echo.url}/paused", trust_env=False).json())
    within = [key["within"] for key in seen.values()]
    return told | {
        "accounts": accounts,
        "reading": reading,
        "paused_ms": paused * 1000,
        "refused": sum(key["refused"] for key in seen.values()),
        "messages_s": sum(within) / seconds,
        "share": sum(within) / seconds / rate / _PACK[network] / accounts,
        "least": min(within, default=0) / seconds / rate / _PACK[network],
    }


def _told(echo: Served, seconds: int) -> dict[str, dict[str, int]]:
    answer = httpx.get(f"{echo.url}/told", params={"seconds": seconds}, trust_env=False)
    return cast(dict[str, dict[str, int]], answer.json())


def _say(name: str, told: dict[str, Any]) -> None:
    print(
        f"{name}: {_accounts(told['accounts'])}, {told['reading']}: {told['messages_s']:.0f} messages/s, "
        f"{told['share']:.1%} of the rate (the least {told['least']:.1%}), {told['refused']} refused, "
        f"{told['recorded']} recorded, CPU {told['cpu_ms']:.3f} ms each, peak {told['peak_mb']:.0f} MB; "
        f"the judge itself stood still for up to {told['paused_ms']:.0f} ms"
    )


def _ceiling() -> float:
    """Return the most of a rate that the product's own pace uses."""
    return pace.SECOND_MS / pace.GUARD_MS


def _accounts(number: int) -> str:
    return "1 account" if number == 1 else f"{number} accounts"


async def _work(job: dict[str, Any]) -> dict[str, Any]:
    with folder() as name:
        path = Path(name, "vestnik.db")
        build(path, job["network"], job["accounts"], job["chats"])
        async with opened(path, job["url"]) as house:
            await house.plan()
            cpu = own_cpu_s()
            async with house.working():
                await asyncio.sleep(job["seconds"])
            spent = own_cpu_s() - cpu
            recorded = await house.recorded()
    return {
        "recorded": recorded,
        "cpu_ms": spent / max(recorded, 1) * 1000,
        "peak_mb": own_peak_mb(),
    }


if __name__ == "__main__":
    sys.exit(do_job(_work))
