"""What the program says about config.yaml: what is wrong, and how to mend it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from app.config_values import did_you_mean, shown

EMPTY = "файл пуст. Возьмите за образец config.yaml из поставки"
NO_SECTIONS = (
    "файл должен состоять из разделов. Начните с раздела «region:», образец есть в docs/config.md"
)
TOO_DEEP = "разделы вложены друг в друга слишком глубоко. Проверьте скобки [ и {"
UNSEEN_CHARACTER = (
    "здесь стоит невидимый служебный знак. Удалите строку и наберите её заново, не копируя"
)
SECOND_DOCUMENT = "строка «---» начинает второй документ. Удалите её: документ здесь один"
TAB = "здесь стоит табуляция, а отступы и промежутки делают пробелами. Замените её пробелами"
HARD_SPACE = (
    "отступ сделан неразрывными пробелами (так бывает при копировании). Замените их обычными"
)
TYPOGRAPHIC_QUOTES = (
    'здесь стоят типографские кавычки вместо прямых. Замените их на обычные: "…" или уберите'
)
OPEN_QUOTE = (
    "кавычка открыта и не закрыта в этой же строке. Поставьте вторую такую же в конце значения"
)
KEY_NOT_A_WORD = (
    "имя настройки должно быть одним словом. Уберите скобки и знак «?» перед двоеточием"
)
_ENCODINGS = {
    "windows-1251": "Windows-1251",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
}
_BROKEN = "здесь нарушен порядок записи. Сравните отступы, двоеточия и кавычки с соседними строками"
# Beginnings of the parser's own words, from the most telling one.
_YAML: Sequence[tuple[str, str]] = (
    (
        "mapping values are not allowed",
        "лишнее двоеточие или неверный отступ. Если двоеточие внутри текста, возьмите весь "
        "текст в прямые кавычки; если это новая настройка, поставьте её ровно под соседними",
    ),
    (
        "could not find expected ':'",
        "у настройки нет двоеточия с пробелом после имени. Пишите так: «имя: значение»",
    ),
    ("found unexpected end of stream", OPEN_QUOTE),
    ("found unexpected document separator", OPEN_QUOTE),
    (
        "found unknown escape character",
        "обратная косая черта в двойных кавычках имеет особый смысл. "
        "Возьмите значение в одинарные кавычки",
    ),
    (
        "expected <block end>",
        "отступ не такой, как у соседних строк. Выровняйте строку по строкам того же раздела",
    ),
    (
        "expected ',' or",
        "список в скобках не закрыт или в нём не хватает запятой. Поставьте запятую или скобку",
    ),
    (
        "sequence entries are not allowed",
        "дефис стоит не на месте. Начните с него отдельную строку под названием раздела",
    ),
)

# The parser notices these late: a quote at the end of the file, a colon in the next line.
_TOLD_WHERE_IT_BEGAN = frozenset(
    {
        "could not find expected ':'",
        "found unexpected end of stream",
        "found unexpected document separator",
        "expected ',' or",
    }
)


def unreadable(error: OSError, path: Path) -> str:
    """Say that the file cannot be opened."""
    if isinstance(error, FileNotFoundError):
        return f"файла {path} нет. Проверьте путь или скопируйте config.yaml из поставки"
    if isinstance(error, IsADirectoryError):
        return f"{path} это папка. Укажите сам файл, например {path / 'config.yaml'}"
    if isinstance(error, PermissionError):
        return f"файл {path} нельзя прочитать. Дайте программе право на чтение"
    return f"файл {path} не читается ({error.strerror}). Проверьте диск и путь"


def wrong_encoding(encoding: str | None) -> str:
    """Say that the file is not UTF-8; `encoding` is what it seems to be, None if it cannot be told."""
    guess = f" (похоже на {_ENCODINGS[encoding]})" if encoding else ""
    return (
        f"файл сохранён не в UTF-8{guess}. Сохраните его заново: «Сохранить как», кодировка UTF-8"
    )


def special_character(char: str) -> str:
    """Say that a value begins with a character that YAML keeps for itself."""
    return (
        f"знак «{char}» в начале значения имеет в YAML особый смысл. "
        "Возьмите значение в прямые кавычки"
    )


def repeated_key(key: str, line: int) -> str:
    """Say that a setting is written twice."""
    return f"настройка «{shown(key)}» уже записана в строке {line}. Оставьте одну из двух"


def yaml_mistake(error: yaml.MarkedYAMLError) -> tuple[int, str]:
    """Return the line and the sentence for a mistake of the YAML parser; its English words are not shown."""
    problem = error.problem or ""
    if problem.startswith("found character"):
        line = _line(error.problem_mark)
        return line, _cannot_start(problem)
    for beginning, sentence in _YAML:
        if problem.startswith(beginning):
            early = beginning in _TOLD_WHERE_IT_BEGAN
            mark = error.context_mark if early and error.context_mark else error.problem_mark
            return _line(mark), sentence
    return _line(error.problem_mark or error.context_mark), _BROKEN


def _cannot_start(problem: str) -> str:
    for char in "@`%":
        if f"'{char}'" in problem:
            return special_character(char)
    return _BROKEN


def _line(mark: Any) -> int:
    return 1 if mark is None else int(mark.line) + 1


def missing(key: str, example: str | None, *, blank: bool) -> str:
    """Say that a setting is not there, or (`blank`) has no value."""
    sample = f"{key}: {example}" if example else f"{key}: …"
    if blank:
        return f"настройка «{key}» не заполнена. Впишите значение, например «{sample}»"
    return f"не хватает настройки «{key}». Добавьте её, например «{sample}»"


def unknown_key(key: str, known: Collection[str]) -> str:
    """Say that there is no such setting, and which one may have been meant."""
    return f"настройки «{shown(key)}» здесь нет. {did_you_mean(key, known)}"


def wrong_shape(kind: str) -> str:
    """Say that a list or a section was expected, by pydantic's name of the mistake."""
    if kind in ("tuple_type", "list_type"):
        return "здесь нужен список. Начните каждую его строку с дефиса и пробела"
    return "здесь нужен раздел из строк «имя: значение». Запишите их ниже с отступом"


def from_model(error: Mapping[str, Any]) -> str | None:
    """Return the sentence of an error of pydantic that needs no knowledge of the file, else None."""
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    if error["type"] in ("missing", "extra_forbidden"):
        return None
    return wrong_shape(error["type"])


def ended(sentence: str) -> str:
    """Return a sentence with its full stop."""
    return sentence if sentence.endswith((".", "!", "?", "…")) else sentence + "."
