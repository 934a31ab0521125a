"""Keys: taken from where the file says, never shown, and told when they cannot be had."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.config import Config, load
from app.keys import Secret, resolve_keys
from app.readiness import missing, real_hosts, require_operator
from core.errors import ConfigError
from sandbox.control.view import show_account
from sandbox.demo import build
from sandbox.server import Sandbox

HEAD = """\
region: {name: Область, zone: Europe/Moscow}
sandbox: http://127.0.0.1:8081
organizations: [{slug: federation, name: Федерация, short: Федерация, kind: federation}]
accounts:
"""
WORLD = {
    "accounts": [
        {"network": "telegram", "name": "news", "token": "70:telegram-key", "user_token": None},
        {"network": "vk", "name": "news", "token": "vk-key", "user_token": "vk-wall-key"},
        {"network": "vk", "name": "school", "token": "school-key", "user_token": None},
    ]
}


def config_with(folder: Path, *accounts: str, head: str = HEAD) -> Config:
    path = folder / "config.yaml"
    common = "organization: federation, handle: news"
    lines = "".join(f"  - {{slug: a{n}, {common}, {rest}}}\n" for n, rest in enumerate(accounts))
    path.write_text(head + lines, encoding="utf-8")
    return load(path)


def told(config: Config, world: dict[str, Any] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        resolve_keys(config, world)
    return caught.value.mistakes


def test_keys_come_from_the_sandbox_the_environment_and_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TG_KEY", " 71:environment-key\n")
    monkeypatch.setenv("TG_PROXY", "socks5://user:word@example.ru:1080")
    file = tmp_path / "vk.key"
    file.write_text("file-key\n", encoding="utf-8")
    file.chmod(0o600)
    config = config_with(
        tmp_path,
        'messenger: telegram, key: "sandbox:news"',
        'messenger: telegram, key: "env:TG_KEY", proxy: "env:TG_PROXY"',
        'messenger: vk, group: 1, key: "file:vk.key", wall_key: "sandbox:news"',
    )
    keys = resolve_keys(config, WORLD)

    assert [keys[slug].key.reveal() for slug in ("a0", "a1", "a2")] == [
        "70:telegram-key",
        "71:environment-key",
        "file-key",
    ]
    assert keys["a2"].wall_key == Secret("vk-wall-key")
    assert keys["a1"].proxy == Secret("socks5://user:word@example.ru:1080")
    assert (keys["a0"].wall_key, keys["a0"].proxy) == (None, None)


def test_a_secret_is_not_shown_by_any_way_of_printing() -> None:
    secret = Secret("70:telegram-key")

    for text in (str(secret), repr(secret), f"{secret}", f"{[secret]}"):
        assert "telegram-key" not in text


@pytest.mark.parametrize(
    ("account", "sentence"),
    [
        (
            'messenger: telegram, key: "env:NOBODY_SET_THIS"',
            "переменная окружения NOBODY_SET_THIS не задана. "
            "Задайте её перед запуском: export NOBODY_SET_THIS=…",
        ),
        (
            'messenger: telegram, key: "file:no.key"',
            "файла с ключом {folder}/no.key нет. Создайте его и положите ключ туда.",
        ),
        (
            'messenger: telegram, key: "file:open.key"',
            "файл с ключом {folder}/open.key могут прочитать другие. "
            "Выполните: chmod 600 {folder}/open.key.",
        ),
        (
            'messenger: telegram, key: "file:empty.key"',
            "файл с ключом {folder}/empty.key пуст. Положите ключ туда.",
        ),
        (
            'messenger: telegram, key: "file:two.key"',
            "вместо ключа прочитан какой-то текст. Оставьте там один ключ, без кавычек.",
        ),
        (
            'messenger: telegram, key: "file:."',
            "файл с ключом {folder} не читается. Проверьте, чей он и что в нём один ключ.",
        ),
        (
            'messenger: telegram, key: "sandbox:newz"',
            "аккаунта «newz» в песочнице нет. Здесь бывает: news.",
        ),
        (
            'messenger: vk, group: 1, key: "sandbox:school", wall_key: "sandbox:school"',
            "у аккаунта «school» в песочнице нет ключа стены. Удалите wall_key.",
        ),
        (
            'messenger: vk, group: 1, key: "sandbox:school", proxy: "file:socks.key"',
            "для VK прокси SOCKS не подходит. Укажите прокси http:// или https://.",
        ),
        (
            'messenger: telegram, key: "sandbox:news", proxy: "file:two.key"',
            "вместо адреса прокси прочитан какой-то текст. "
            "Нужно, например, socks5://имя:пароль@proxy.example.ru:1080.",
        ),
    ],
)
def test_a_key_that_cannot_be_had_is_told(tmp_path: Path, account: str, sentence: str) -> None:
    tmp_path.chmod(0o755)
    for name, content, mode in (
        ("open.key", "key", 0o644),
        ("empty.key", " \n", 0o600),
        ("two.key", "one-key\nanother-key\n", 0o600),
        ("socks.key", "socks5://u:p@example.ru:1080", 0o600),
    ):
        (tmp_path / name).write_text(content, encoding="utf-8")
        (tmp_path / name).chmod(mode)

    mistakes = told(config_with(tmp_path, account), WORLD)

    assert mistakes == [f"config.yaml, строка 5: {sentence.format(folder=tmp_path)}"]
    assert "another-key" not in str(mistakes)


def test_every_missing_key_is_told_at_once(tmp_path: Path) -> None:
    config = config_with(
        tmp_path,
        'messenger: telegram, key: "env:NOBODY_SET_THIS"',
        'messenger: vk, group: 1, key: "sandbox:news", wall_key: "sandbox:news"',
    )

    assert [one[: len("config.yaml, строка 5")] for one in told(config)] == [
        "config.yaml, строка 5",
        "config.yaml, строка 6",
        "config.yaml, строка 6",
    ]


def test_two_accounts_with_one_key_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TG_KEY", "70:telegram-key")
    config = config_with(
        tmp_path,
        'messenger: telegram, key: "sandbox:news"',
        'messenger: telegram, key: "env:TG_KEY"',
    )

    assert told(config, WORLD) == [
        "config.yaml, строка 6: тот же ключ, что у аккаунта «a0». У каждого аккаунта ключ свой."
    ]


@pytest.mark.parametrize(
    ("api", "hosts"),
    [
        (", api: sandbox", []),
        (', api: "http://localhost:1"', []),
        (', api: "http://[::1]:1"', []),
        (', api: "http://127.0.0.1.example.ru"', ["127.0.0.1.example.ru"]),
        ("", ["api.telegram.org"]),
    ],
)
def test_only_this_computer_is_no_real_host(tmp_path: Path, api: str, hosts: list[str]) -> None:
    config = config_with(tmp_path, f'messenger: telegram, key: "sandbox:news"{api}')

    assert real_hosts(config) == hosts


def test_real_messengers_need_an_operator_and_the_lines_to_fill_are_named(tmp_path: Path) -> None:
    head = 'operator:\n  name: ""\n  contacts: ""\n' + HEAD
    config = config_with(tmp_path, 'messenger: vk, group: 1, key: "env:KEY"', head=head)

    with pytest.raises(ConfigError) as caught:
        require_operator(config)

    assert caught.value.mistakes == [
        "config.yaml, строка 2: не назван оператор персональных данных. "
        "Впишите в разделе operator в строку name полное название организации.",
        "config.yaml, строка 3: не указано, как связаться с оператором. "
        "Впишите в разделе operator в строку contacts почту и телефон.",
        "Аккаунты работают с api.vk.ru, а по закону 152-ФЗ людям надо сказать, "
        "кто отвечает за их данные.",
    ]


def test_the_sandbox_and_a_named_operator_pass(tmp_path: Path) -> None:
    named = "operator: {name: Федерация, contacts: mail@example.ru}\n" + HEAD
    real = 'messenger: vk, group: 1, key: "env:KEY"'

    require_operator(config_with(tmp_path, f"{real}, api: sandbox"))
    require_operator(config_with(tmp_path, real, head=named))


def test_what_is_missing_before_real_messengers_is_told_by_line(tmp_path: Path) -> None:
    config = config_with(tmp_path, 'messenger: vk, group: 1, key: "env:NOBODY_SET_THIS"')
    lines = [one.partition(":")[0] for one in missing(config)]

    # What has no line yet is told at the top.
    assert lines == ["config.yaml, строка 1"] * 3 + [
        "config.yaml, строка 2",
        "config.yaml, строка 5",
        "config.yaml, строка 5",
    ]


def test_the_demos_accounts_and_channel_are_in_the_demos_sandbox() -> None:
    sandbox = Sandbox()
    build(sandbox.world, sandbox.sides)
    world = {"accounts": [show_account(a) for a in sandbox.world.accounts.values()]}
    config = load(Path(__file__).parents[2] / "config.yaml")
    keys = resolve_keys(config, world)

    assert {slug: bool(one.wall_key) for slug, one in keys.items()} == {
        "tg": False,
        "vk": True,
        "vk-education": False,
    }
    ids = {(a.network, a.id) for a in sandbox.world.accounts.values()}
    assert {("vk", a.group) for a in config.accounts if a.group} <= ids
    assert sandbox.world.chat("telegram", int(config.channels[0].chat)) is not None
    sites = {source.url.split("/")[2] for source in config.sources}
    assert sites == set(sandbox.world.sites)
