"""The command line; everything heavy is imported by the command that needs it."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

cli = typer.Typer(
    help="Вестник: сеть ботов профсоюзной федерации в мессенджерах.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
trying = typer.Typer(
    help="Посмотреть, что сеть сделает с лентой или текстом.", no_args_is_help=True
)
cli.add_typer(trying, name="try")

ConfigFile = Annotated[Path, typer.Option("--config", help="Файл настроек.")]
DataFolder = Annotated[Path, typer.Option("--data", help="Папка с базой и картинками.")]
DATA = Path("var/data")
DEMO_DATA = Path("var/demo")
CONFIG = Path(__file__).with_name("config.yaml")


class As(StrEnum):
    """What a text is fitted as."""

    text = "text"
    caption = "caption"


@cli.command()
def demo(
    port: Annotated[
        int, typer.Option(help="Порт песочницы; 0 — любой свободный.", min=0, max=65535)
    ] = 8081,
    data: DataFolder = DEMO_DATA,
    config: ConfigFile = CONFIG,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Подробный журнал.")] = False,
) -> None:
    """Вся сеть на этом компьютере, с песочницей."""
    from app import demo as app_demo
    from app.start import execute

    execute(
        lambda stop: app_demo.run(config, data, port, stop), level="INFO" if verbose else "WARNING"
    )


@cli.command()
def run(
    config: ConfigFile = CONFIG,
    data: DataFolder = DATA,
) -> None:
    """Сеть с мессенджерами из настроек."""
    from app.start import execute, run_network

    execute(lambda stop: run_network(config, data, stop), level="INFO")


@cli.command()
def check(config: ConfigFile = CONFIG, data: DataFolder = DATA) -> None:
    """Проверить файл настроек и здоровье сети."""
    from app import check as app_check
    from app.start import print_troubles

    code = app_check.run(config, sys.stdout)
    print_troubles(config, data, sys.stdout)
    raise typer.Exit(code)


@cli.command()
def migrate(config: ConfigFile = CONFIG, data: DataFolder = DATA) -> None:
    """Обновить базу (с файла сначала делается копия)."""
    from app.start import migrate_command

    raise typer.Exit(migrate_command(config, data, sys.stdout))


@cli.command()
def deliveries(
    post: Annotated[str, typer.Argument(help="Номер новости, слова из заголовка или last.")],
    config: ConfigFile = CONFIG,
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Папка с базой (по умолчанию рабочая, иначе демо)."),
    ] = None,
) -> None:
    """Кому новость доставлена, кому нет и почему."""
    from app.start import deliveries_command

    folder = data or (DATA if (DATA / "vestnik.db").exists() else DEMO_DATA)
    raise typer.Exit(deliveries_command(config, folder, post, sys.stdout))


@trying.command("feed")
def try_feed(
    target: Annotated[str | None, typer.Argument(help="Файл или адрес ленты.")] = None,
    content_type: Annotated[
        str | None, typer.Option(help="Как если бы сайт прислал этот Content-Type.")
    ] = None,
    base_url: Annotated[str | None, typer.Option(help="Адрес, от которого считать ссылки.")] = None,
    config: ConfigFile = CONFIG,
) -> None:
    """Разобрать ленту; без аргумента читает строки JSON."""
    from app import try_feed as app_try_feed
    from app.start import own_networks

    raise typer.Exit(
        app_try_feed.run(
            target,
            content_type,
            base_url,
            sys.stdin.buffer,
            sys.stdout.buffer,
            allow=own_networks(config),
        )
    )


@trying.command("render")
def try_render(
    messenger: Annotated[str, typer.Option("--for", help="Мессенджер: telegram или vk.")],
    file: Annotated[Path | None, typer.Argument(help="Файл с HTML или JSON.")] = None,
    as_: Annotated[As, typer.Option("--as", help="Сообщение или подпись к картинке.")] = As.text,
) -> None:
    """Какими сообщениями станет текст; без файла читает строки JSON."""
    from app import try_render as app_try_render
    from app.start import capabilities_for

    capabilities = capabilities_for(messenger, sys.stderr)
    if capabilities is None:
        raise typer.Exit(2)
    raise typer.Exit(
        app_try_render.run(file, messenger, as_.value, capabilities, sys.stdin, sys.stdout)
    )


@trying.command("when")
def try_when(
    phrase: Annotated[
        str | None, typer.Argument(help="Когда опубликовать, например «завтра в 18».")
    ] = None,
    now: Annotated[
        str | None, typer.Option(help="Время отсчёта: 2026-11-23T12:00 (по умолчанию сейчас).")
    ] = None,
    config: ConfigFile = CONFIG,
) -> None:
    """Какое время значит фраза; без неё читает строки JSON."""
    from app import try_when as app_try_when

    zone = app_try_when.zone_of(config)
    raise typer.Exit(app_try_when.run(phrase, now, zone, sys.stdin.buffer, sys.stdout.buffer))


if __name__ == "__main__":
    cli()
