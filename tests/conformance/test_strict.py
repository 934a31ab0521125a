"""`--strict` refuses what the platforms do not know by names in the code; `--specs` looks at values too."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from sandbox.specs import Finding, SpecInspector
from tests.conformance.told import NEEDS_SPECS
from tests.sandbox.telegram_town import OLGA, Town, in_town
from tests.sandbox.vk_town import ANNA
from tests.sandbox.vk_town import Town as VkTown
from tests.support.inspected import FOLDER, HOUSE, flags

SILENT = {
    "telegram": "Bad Request: strict sandbox: sendMessage does not know silent",
    "vk": "One of the parameters specified was missing or invalid: "
    "strict sandbox: messages.send does not know silent",
}


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.careless("a parameter that nobody knows")
def test_a_strict_bot_api_refuses_and_logs_an_unknown_parameter(
    strict: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(town: Town) -> None:
        await town.started()
        body = await town.raw("sendMessage", chat_id=OLGA, text="x", silent=True)
        assert body["ok"] is not strict
        assert (body.get("description") == SILENT["telegram"]) is strict
        # What another method has, this one does not: a parameter is known by its method.
        alien = await town.raw("sendMessage", chat_id=OLGA, text="x", supports_streaming=True)
        assert alien["ok"] is not strict
        assert len(caplog.records) == (2 if strict else 0)

    with caplog.at_level(logging.WARNING, "sandbox"):
        in_town(story, strict=strict)


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.careless("a parameter that nobody knows")
def test_a_strict_vk_refuses_and_logs_an_unknown_parameter(
    strict: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        town = VkTown(strict=strict)
        await town.meet()
        send = {"peer_id": ANNA, "message": "x", "random_id": 0}
        body = await town.call("messages.send", **send, silent=1)
        assert ("error" in body) is strict
        if strict:
            assert body["error"]["error_msg"] == SILENT["vk"]
        alien = await town.call("messages.send", **send, friends_only=1)
        assert ("error" in alien) is strict
        assert len(caplog.records) == (2 if strict else 0)

    with caplog.at_level(logging.WARNING, "sandbox"):
        asyncio.run(story())


@pytest.mark.careless("methods that nobody knows")
def test_an_unknown_method_is_logged_where_it_is_strict(caplog: pytest.LogCaptureFixture) -> None:
    async def story(town: Town) -> None:
        assert await town.refused("sendNothing") == (404, "Not Found: method not found")

    with caplog.at_level(logging.WARNING, "sandbox"):
        in_town(story)
        asyncio.run(VkTown().code("messages.sendNothing"))
    assert [record.getMessage() for record in caplog.records] == [
        "strict sandbox: there is no method sendNothing",
        "strict sandbox: there is no method messages.sendNothing",
    ]


def _asked(url: str, params: dict[str, Any]) -> dict[str, Any]:
    body = json.dumps(params).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Patient())
    with opener.open(request, timeout=20) as answer:
        read: dict[str, Any] = json.load(answer)
        return read


class _Patient(urllib.request.HTTPErrorProcessor):
    """Takes refusals for answers."""

    def http_response(self, request: Any, response: Any) -> Any:
        """Return whatever came."""
        return response


@NEEDS_SPECS[0]
@NEEDS_SPECS[1]
def test_a_sandbox_of_its_own_refuses_values_that_do_not_fit() -> None:
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--with-parent", *flags()]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=HOUSE
    ) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+:\d+", process.stdout.readline())
        assert found is not None
        world = json.load(
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                f"{found[0]}/control/world", timeout=20
            )
        )
        token = next(a["token"] for a in world["accounts"] if a["network"] == "telegram")
        api = f"{found[0]}/telegram/bot{token}"
        assert _asked(f"{api}/getUpdates", {"limit": "many"})["description"] == (
            "Bad Request: strict sandbox: getUpdates: limit: 'many' is no number"
        )
        assert _asked(f"{api}/getMe", {})["ok"] is True
        process.terminate()
        _, told = process.communicate(timeout=20)
    assert "request of telegram getUpdates.limit: 'many' is no number" in told


@NEEDS_SPECS[0]
@NEEDS_SPECS[1]
@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"message": "x" * 9001}, 914),
        ({"keyboard": "{"}, 911),
        ({"template": "[]"}, 911),
        ({"lat": "north", "long": "1"}, 100),
        ({"silent": 1}, 100),
    ],
)
def test_what_vk_refuses_itself_is_left_to_it(params: dict[str, Any], code: int) -> None:
    async def story() -> None:
        town = VkTown()
        await town.meet()
        found: list[Finding] = []
        town.gate.inspector = SpecInspector(FOLDER, found.append, refuses=True)
        send = {"peer_id": ANNA, "message": "x", "random_id": 0}
        body = await town.call("messages.send", **(send | params))
        assert body["error"]["error_code"] == code
        assert bool(found) is ("strict sandbox: messages.send: " in body["error"]["error_msg"])
        assert all(len(str(finding)) < 1000 for finding in found)

    asyncio.run(story())


@NEEDS_SPECS[0]
@NEEDS_SPECS[1]
def test_what_the_bot_api_refuses_itself_is_left_to_it() -> None:
    async def story(town: Town) -> None:
        await town.started()
        found: list[Finding] = []
        town.gate.inspector = SpecInspector(FOLDER, found.append, refuses=True)
        type_unknown = "can't parse entities: unsupported type of a MessageEntity"
        place = {"offset": 0, "length": 1}
        cases: tuple[tuple[dict[str, Any], str], ...] = (
            (
                {"reply_markup": {"inline_keyboard": 5}},
                'field "inline_keyboard" must be of type Array',
            ),
            ({"entities": [5]}, type_unknown),
            ({"entities": [{"type": [], **place}]}, type_unknown),
            (
                {"entities": [{"type": "text_link", "url": [], **place}]},
                'can\'t parse entities: field "url" is of a wrong type',
            ),
            (
                {"protect_content": "maybe"},
                "strict sandbox: sendMessage: protect_content: 'maybe' is no Boolean",
            ),
        )
        for params, text in cases:
            refused = await town.refused("sendMessage", chat_id=OLGA, text="x", **params)
            assert refused == (400, f"Bad Request: {text}")
        # What the server reads past is told, though it goes through.
        button = {"text": "x", "callback_data": "y", "colour": "red"}
        await town.call(
            "sendMessage", chat_id=OLGA, text="x", reply_markup={"inline_keyboard": [[button]]}
        )
        assert [finding.what for finding in found] == ["request", "request"]
        assert "colour" in str(found[1])

    in_town(story)


def test_a_folder_without_descriptions_ends_the_sandbox_with_advice(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sandbox", "--specs", str(tmp_path)],
        capture_output=True, text=True, cwd=HOUSE, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith(
        f"{tmp_path} has no telegram/api.json and no vk/errors.json: give"
    )


@pytest.mark.parametrize("strict", ["1", ""])
def test_ci_takes_a_skip_of_a_needy_group_for_a_failure(strict: str, tmp_path: Path) -> None:
    for group in ("conformance", "browser", "clients", "usual"):
        (tmp_path / f"test_{group}.py").write_text(
            f"import pytest\npytestmark = [pytest.mark.{group}, pytest.mark.skip('nothing here')]\n"
            "def test_it(): ...\n"
        )
    (tmp_path / "browser").mkdir()
    whole = "import pytest\npytest.skip('nothing here', allow_module_level=True)\n"
    (tmp_path / "browser" / "test_whole.py").write_text(whole)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-c", os.devnull, "-q", "-rN",
         "--continue-on-collection-errors", str(tmp_path)],
        capture_output=True, text=True, cwd=HOUSE, timeout=60, check=False,
        env={**os.environ, "CI_STRICT_SKIPS": strict},
    )  # fmt: skip
    assert done.stdout.count("may not be skipped here") == (4 if strict else 0), done.stdout
    assert ("5 skipped" in done.stdout) is not bool(strict)
