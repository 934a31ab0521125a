"""What free text asks for."""

from __future__ import annotations

import pytest

from bots.phrases import Command, Courtesy, command, courtesy, is_slash


@pytest.mark.parametrize(
    "text",
    [
        "стоп",
        "СТОП",
        "Стоп!!!",
        "стоп.",
        "СТОП, хватит уже",
        "Стоп, хватит присылать",
        "Хватит",
        "хватит уже",
        "всё, хватит!",
        "отпишите",
        "Отпишите меня, пожалуйста",
        "отписаться",
        "хочу отписаться",
        "отписаться от рассылки",
        "ОТПИСАТЬСЯ ОТ ВАС",
        "отпишись",
        "больше не присылайте",
        "не присылайте больше!",
        "Не пишите мне",
        "спасибо, хватит",
        "stop",
        "STOP!",
        "Stop please",
        "/stop",
        "/STOP",
        "/stop@vestnik_bot",
        " /stop ",
        "🛑 стоп 🛑",
    ],
)
def test_words_of_stopping_unsubscribe(text: str) -> None:
    assert command(text) is Command.STOP


@pytest.mark.parametrize(
    "text",
    [
        "не стоп",
        "стоп-кран сломан",
        "хватит ли мне стажа для досрочной пенсии",
        "На проходной сказали стоп, и мы не знаем, что теперь делать с допуском",
        "стопка",
        "нон-стоп",
        "стоп стоп стоп стоп стоп стоп стоп",
        "как отписаться?  а вообще хотел спросить про льготы",
        "почему не присылайте",
        "",
        "!!!",
        "/stopnow",
    ],
)
def test_a_text_that_only_holds_the_word_is_no_command(text: str) -> None:
    assert command(text) is not Command.STOP


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("меню", Command.MENU),
        ("Меню!", Command.MENU),
        ("/menu", Command.MENU),
        ("/help", Command.HELP),
        ("помощь", Command.HELP),
        ("/id", Command.NUMBER),
        ("Мой номер", Command.NUMBER),
        ("/subscriptions", Command.MENU),
        ("мои подписки", Command.MENU),
        ("Мои  Подписки.", Command.MENU),
        ("/start", Command.BEGIN),
        ("начать", Command.BEGIN),
        ("подписаться", Command.BEGIN),
        ("новости", Command.LATEST),
        ("Удалить мои данные", Command.FORGET),
        ("удалите мои данные!", Command.FORGET),
        ("/halt", Command.HALT),
        ("Остановить рассылку", Command.HALT),
        ("мои каналы", Command.CHANNELS),
        ("меню столовой на завтра", None),
        ("удалите мои данные с доски почёта", None),
        ("/unknown", None),
        ("как вступить в профсоюз?", None),
    ],
)
def test_other_commands_are_whole_phrases(text: str, wanted: Command | None) -> None:
    assert command(text) is wanted


@pytest.mark.parametrize(
    ("text", "media", "wanted"),
    [
        ("спасибо", (), Courtesy.THANKS),
        ("Спасибо большое!", (), Courtesy.THANKS),
        ("здравствуйте", (), Courtesy.GREETING),
        ("Добрый день!", (), Courtesy.GREETING),
        ("привет, спасибо за новости", (), Courtesy.THANKS),
        ("🙏🙏", (), Courtesy.WORDLESS),
        ("👍", (), Courtesy.WORDLESS),
        ("", ("sticker",), Courtesy.WORDLESS),
        ("", ("animation",), Courtesy.WORDLESS),
        ("", ("photo",), Courtesy.OTHER),
        ("Здравствуйте, как вступить?", (), Courtesy.OTHER),
        ("спасибо, но когда наконец пересчитают зарплату за прошлый месяц", (), Courtesy.OTHER),
        ("когда собрание", (), Courtesy.OTHER),
    ],
)
def test_courtesies_are_told_apart(text: str, media: tuple[str, ...], wanted: Courtesy) -> None:
    assert courtesy(text, media) is wanted


@pytest.mark.parametrize(("text", "wanted"), [("/menu", True), (" /x", True), ("и/или", False)])
def test_a_stroke_in_front_is_meant_for_the_bot(text: str, wanted: bool) -> None:
    assert is_slash(text) is wanted
