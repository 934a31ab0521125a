"""Russian number words: «шести», «двадцать», «седьмого»."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType


class Case(StrEnum):
    """What an ordinal's ending lets it mean."""

    GENITIVE = "genitive"  # «седьмого»: a day of a month, or an hour in «половина седьмого»
    DAY = "day"  # «седьмое», «к седьмому»: a day of a month only
    HOUR = "hour"  # «в седьмом часу»
    OTHER = "other"  # «5-я»: never a time


CARDINALS = MappingProxyType(
    {
        form: value
        for value, forms in {
            0: "ноль нуль ноля нуля нолю",
            1: "один одна одно одну одного одной одному",
            2: "два две двух двум двое двумя",
            3: "три трех трем трое",
            4: "четыре четырех четырем четверо",
            5: "пять пяти",
            6: "шесть шести",
            7: "семь семи",
            8: "восемь восьми",
            9: "девять девяти",
            10: "десять десяти",
            11: "одиннадцать одиннадцати одинадцать одинадцати",
            12: "двенадцать двенадцати",
            13: "тринадцать тринадцати",
            14: "четырнадцать четырнадцати",
            15: "пятнадцать пятнадцати",
            16: "шестнадцать шестнадцати",
            17: "семнадцать семнадцати",
            18: "восемнадцать восемнадцати",
            19: "девятнадцать девятнадцати",
            20: "двадцать двадцати",
            30: "тридцать тридцати",
            40: "сорок сорока",
            50: "пятьдесят пятидесяти",
            60: "шестьдесят шестидесяти",
            70: "семьдесят семидесяти",
            80: "восемьдесят восьмидесяти",
            90: "девяносто девяноста",
            100: "сто ста",
        }.items()
        for form in forms.split()
    }
)

_ORDINAL_STEMS = {
    1: "перв", 2: "втор", 4: "четверт", 5: "пят", 6: "шест", 7: "седьм", 8: "восьм", 9: "девят",
    10: "десят", 11: "одиннадцат", 12: "двенадцат", 13: "тринадцат", 14: "четырнадцат",
    15: "пятнадцат", 16: "шестнадцат", 17: "семнадцат", 18: "восемнадцат", 19: "девятнадцат",
    20: "двадцат", 30: "тридцат", 40: "сороков", 50: "пятидесят",
}  # fmt: skip
_ENDINGS = {"ого": Case.GENITIVE, "ое": Case.DAY, "ому": Case.DAY, "ом": Case.HOUR}
_THIRD = {
    "третьего": Case.GENITIVE,
    "третье": Case.DAY,
    "третьему": Case.DAY,
    "третьем": Case.HOUR,
}

ORDINALS = MappingProxyType(
    {
        stem + ending: (value, case)
        for value, stem in _ORDINAL_STEMS.items()
        for ending, case in _ENDINGS.items()
    }
    | {form: (3, case) for form, case in _THIRD.items()}
)

# What may be glued to figures: «25-го», «25го», «5-ти». None is a cardinal's ending.
SUFFIXES = MappingProxyType(
    {
        "го": Case.GENITIVE, "ого": Case.GENITIVE, "его": Case.GENITIVE,
        "е": Case.DAY, "ое": Case.DAY, "ье": Case.DAY, "му": Case.DAY, "ому": Case.DAY,
        "й": Case.OTHER, "ый": Case.OTHER, "ой": Case.OTHER, "я": Case.OTHER, "ая": Case.OTHER, "ю": Case.OTHER,
        "ую": Case.OTHER, "ом": Case.OTHER, "ым": Case.OTHER,
        "ти": None, "ми": None,
    }
)  # fmt: skip
HYPHENATED_SUFFIXES = MappingProxyType({"м": Case.OTHER, "х": None, "и": None})


HALVES = MappingProxyType(
    {
        f"пол{form}": value
        for form, (value, case) in ORDINALS.items()
        if case is Case.GENITIVE and value <= 12
    }
)
"""«полседьмого» by the hour it is on the way to (7)."""
