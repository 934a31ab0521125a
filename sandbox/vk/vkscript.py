"""VKScript, as far as clients of bots use it: variables, `while`, `if`, literals and API calls.

VK has no published grammar. Understood here are both shapes that libraries send (a list of API calls
after `return`; a `while` loop that pushes results) and what lies between: conditions, the methods of
lists and texts, `@.`, parseInt. What lies beyond is refused
as VK refuses code it cannot compile: error 12; trouble while running is error 13.
"""

from __future__ import annotations

from typing import Any

from sandbox.vk import vkscript_lists as lists
from sandbox.vk import vkscript_run as build
from sandbox.vk.errors import refuse
from sandbox.vk.vkscript_run import COMPARE, EQUAL, Api, Run, Step, Value, sized
from sandbox.vk.vkscript_words import Word, words


def run(code: str, api: Api) -> Any:
    """Run a script and return what it returns; `api(method, params)` makes its calls.

    Raises Refusal 12 when the code does not compile, 13 when it fails.
    """
    try:
        program = _Parser(code).program()
    except RecursionError:
        raise refuse(12, "nested too deep") from None
    state = Run(api)
    try:
        program(state)
    except RecursionError:
        raise refuse(13, "nested too deep") from None
    return sized(state.result)


class _Parser:
    """Recursive descent straight into closures."""

    def __init__(self, code: str) -> None:
        self._words = list(words(code))
        self._at = 0
        self._declared: set[str] = set()

    def program(self) -> Step:
        steps = []
        while self._word.kind != "end":
            steps.append(self._statement())
        return build.in_order(steps)

    # words

    @property
    def _word(self) -> Word:
        return self._words[self._at]

    def _next(self) -> Word:
        word = self._word
        self._at += word.kind != "end"
        return word

    def _is(self, *texts: str) -> bool:
        return self._word.kind in ("sign", "name") and self._word.text in texts

    def _take(self, text: str) -> bool:
        found = self._is(text)
        self._at += found
        return found

    def _expect(self, text: str) -> None:
        if not self._take(text):
            word = self._word
            raise refuse(12, f"'{text}' expected, '{word.text}' found in line {word.line}")

    def _name(self) -> str:
        word = self._next()
        if word.kind != "name":
            raise refuse(12, f"identifier expected, '{word.text}' found in line {word.line}")
        return word.text

    # statements

    def _statement(self) -> Step:
        if self._take("var"):
            return self._variables()
        if self._take("while"):
            condition = self._condition()
            return build.loop(condition, self._statement())
        if self._take("if"):
            condition = self._condition()
            then = self._statement()
            otherwise = self._statement() if self._take("else") else build.in_order([])
            return build.branch(condition, then, otherwise)
        if self._take("return"):
            value = build.constant(None) if self._is(";") else self._value()
            self._expect(";")
            return build.give_back(value)
        if self._take("{"):
            steps = []
            while not self._take("}"):
                steps.append(self._statement())
            return build.in_order(steps)
        if self._take(";"):
            return build.in_order([])
        return self._assignment_or_value()

    def _condition(self) -> Value:
        self._expect("(")
        condition = self._value()
        self._expect(")")
        return condition

    def _variables(self) -> Step:
        steps = []
        while True:
            name = self._name()
            self._declared.add(name)
            value = self._value() if self._take("=") else build.constant(None)
            steps.append(build.set_name(name, value))
            if not self._take(","):
                self._expect(";")
                return build.in_order(steps)

    def _assignment_or_value(self) -> Step:
        start = self._at
        value = self._value()
        if not self._take("="):
            self._expect(";")
            return build.evaluate(value)
        target = self._words[start : self._at - 1]
        new = self._value()
        self._expect(";")
        return self._assign(target, new)

    def _assign(self, target: list[Word], new: Value) -> Step:
        """Assign to `name`, `name.field` or `name[word]`: all that clients write to."""
        name, shape = target[0].text, [word.text for word in target[1:]]
        if target[0].kind == "name" and name in self._declared:
            if not shape:
                return build.set_name(name, new)
            if len(shape) == 2 and shape[0] == "." and target[2].kind == "name":
                return build.set_item(name, build.constant(shape[1]), new)
            if len(shape) == 3 and (shape[0], shape[2]) == ("[", "]"):
                return build.set_item(name, self._place(target[2]), new)
        raise refuse(12, f"non-variable in assignment in line {target[0].line}")

    def _place(self, word: Word) -> Value:
        """Return what stands between square brackets on the left of an assignment: a literal or a variable."""
        if word.kind in ("number", "string"):
            return build.constant(word.value)
        if word.text not in self._declared:
            raise refuse(12, f"undefined identifier '{word.text}' in line {word.line}")
        return lambda state: state.names.get(word.text)

    # values, from the loosest binding to the tightest

    def _value(self) -> Value:
        condition = self._any_of()
        if not self._take("?"):
            return condition
        then = self._value()
        self._expect(":")
        return build.chosen(condition, then, self._value())

    def _any_of(self) -> Value:
        left = self._all_of()
        while self._take("||"):
            left = build.either(left, self._all_of())
        return left

    def _all_of(self) -> Value:
        left = self._comparison()
        while self._take("&&"):
            left = build.both(left, self._comparison())
        return left

    def _comparison(self) -> Value:
        left = self._sum()
        while self._is(*COMPARE, *EQUAL):
            sign = self._next().text
            left = build.compared(sign, left, self._sum())
        return left

    def _sum(self) -> Value:
        left = self._product()
        while self._is("+", "-"):
            sign = self._next().text
            left = build.counted(sign, left, self._product())
        return left

    def _product(self) -> Value:
        left = self._single()
        while self._is("*", "/", "%"):
            sign = self._next().text
            left = build.counted(sign, left, self._single())
        return left

    def _single(self) -> Value:
        if self._take("-"):
            return build.counted("-", build.constant(0), self._single())
        if self._take("!"):
            inner = self._single()
            return lambda state: not inner(state)
        value = self._simple()
        while True:
            if self._take("."):
                value = self._member(value)
            elif self._take("@"):
                self._expect(".")
                value = lists.fields(value, self._name())
            elif self._take("["):
                value = build.item(value, self._value())
                self._expect("]")
            else:
                return value

    def _member(self, value: Value) -> Value:
        line, name = self._word.line, self._name()
        if not self._take("("):
            return build.item(value, build.constant(name))
        if name not in lists.METHODS:
            raise refuse(12, f"unknown method '{name}' in line {line}")
        return lists.method(name, value, self._arguments())

    def _arguments(self) -> list[Value]:
        """Read what stands between brackets, the opening one taken already."""
        given: list[Value] = []
        while not self._take(")"):
            given.append(self._value())
            if not self._is(")"):
                self._expect(",")
        return given

    def _simple(self) -> Value:
        word = self._next()
        if word.kind in ("number", "string"):
            return build.constant(word.value)
        if word.text in ("true", "false", "null"):
            return build.constant({"true": True, "false": False, "null": None}[word.text])
        if word.text == "(":
            value = self._value()
            self._expect(")")
            return value
        if word.text == "[":
            return self._list()
        if word.text == "{":
            return self._object()
        if word.kind != "name":
            raise refuse(12, f"unexpected '{word.text}' in line {word.line}")
        if word.text == "API":
            return self._api_call()
        if word.text in lists.FUNCTIONS and self._take("("):
            return lists.function(word.text, self._arguments())
        if word.text not in self._declared:
            raise refuse(12, f"undefined identifier '{word.text}' in line {word.line}")
        return lambda state: state.names.get(word.text)

    def _list(self) -> Value:
        items: list[Value] = []
        while not self._take("]"):
            items.append(self._value())
            if not self._is("]"):
                self._expect(",")
        return lambda state: [item(state) for item in items]

    def _object(self) -> Value:
        fields: list[tuple[str, Value]] = []
        while not self._take("}"):
            word = self._next()
            if word.kind not in ("name", "string"):
                raise refuse(12, f"identifier expected, '{word.text}' found in line {word.line}")
            self._expect(":")
            key = word.value if word.kind == "string" else word.text
            fields.append((key, self._value()))
            if not self._is("}"):
                self._expect(",")
        return lambda state: {name: value(state) for name, value in fields}

    def _api_call(self) -> Value:
        self._expect(".")
        section = self._name()
        self._expect(".")
        method = f"{section}.{self._name()}"
        self._expect("(")
        params = build.constant({}) if self._is(")") else self._value()
        self._expect(")")
        return build.called(method, params)
