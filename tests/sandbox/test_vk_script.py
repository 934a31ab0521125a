"""VKScript: what libraries send runs, what lies beyond is refused as VK refuses it."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.api import Refusal
from sandbox.vk.vkscript import run
from sandbox.vk.vkscript_run import MAX_CALLS


def echo(method: str, params: dict[str, Any]) -> list[Any]:
    return [method, params]


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("return 1 + 2 * 3;", 7),
        ("return -(2 - 5);", 3),
        ('return "а" + 1;', "а1"),
        ("return 'it\\'s \"so\"';", 'it\'s "so"'),
        (r'return "\u0416\n";', "Ж\n"),
        ("return [1, true, null, {a: 'x', \"b\": []}];", [1, True, None, {"a": "x", "b": []}]),
        ("var a = [5, 6]; return a[1] + a.length;", 8),
        ("var a = {b: {c: 4}}; return a.b.c;", 4),
        ("var a; return a.b;", None),
        ("var a = 1; if (a == 1) { return 'one'; } else { return 'other'; }", "one"),
        ("var a = 2; if (a == 1 || !a) return 'one'; return 'other';", "other"),
        ("var r = [], i = 0; while (i < 3) { r.push(i); i = i + 1; } return r;", [0, 1, 2]),
        ("return API.users.get({user_ids: [1, 2]});", ["users.get", {"user_ids": [1, 2]}]),
        ("return API.groups.getById();", ["groups.getById", {}]),
        ("// a note\nvar a = 1; /* and\nmore */ return a;", 1),
        ("var a = 1;", None),
        ("var a = null; return a == null ? 'no' : a;", "no"),
        ("return 1 ? 2 ? 3 : 4 : 5;", 3),
        ("return 0 ? 2 : 1 > 2 ? 3 : 4;", 4),
        ("var a; return 5 - a;", 5),
        ("return [1] + [2, 3];", [1, 2, 3]),
        ("var a = 3, i = 0; while (i < 6) { a = a * a; i = i + 1; } return a;", float(3**64)),
        ("return [" + "9" * 30 + ", parseInt('" + "9" * 30 + "')];", [1e30, 0]),
        (
            "var a = [1, 2, 3, 4]; return [a.slice(1), a.slice(1, 3), a.slice(-1)];",
            [[2, 3, 4], [2, 3], [4]],
        ),
        (
            "var a = [1, 2, 3]; return [a.pop(), a.shift(), a, a.unshift(7), a];",
            [3, 1, [7, 2], 2, [7, 2]],
        ),
        ("var a = [1, 2, 3]; return [a.splice(1, 1, 8, 9), a];", [[2], [1, 8, 9, 3]]),
        ("var a = [1, 2]; return [a.indexOf(2), a.indexOf(5), 'абв'.indexOf('в')];", [1, -1, 2]),
        ("return 'а,б'.split(',').join('-') + 'абв'.substr(1, 1);", "а-бб"),
        ("var a = [{n: 1}, {n: 2}, 3]; return a@.n;", [1, 2, None]),
        ("return [parseInt('12 шт'), parseInt('шт'), parseDouble('1.5')];", [12, 0, 1.5]),
        (
            "var a = [1], o = {}, k = 'x'; a[1] = 2; a[0] = 5; o[k] = 6; o['y'] = 7; return [a, o];",
            [[5, 2], {"x": 6, "y": 7}],
        ),
    ],
)
def test_a_script_returns(code: str, result: Any) -> None:
    assert run(code, echo) == result


def test_each_call_of_a_loop_has_its_own_parameters() -> None:
    code = (
        "var d = {m: 1}, v = [5, 6], r = [], i = 0;"
        "while (i < v.length) { d.k = v[i]; r.push(API.a.b(d)); i = i + 1; } return r;"
    )
    assert [params for _, params in run(code, echo)] == [{"m": 1, "k": 5}, {"m": 1, "k": 6}]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("return 1", "Unable to compile code: ';' expected, '' found in line 1"),
        ("\nreturn test;", "Unable to compile code: undefined identifier 'test' in line 2"),
        ("return [1;", "Unable to compile code: ',' expected, ';' found in line 1"),
        ("var a = []; a.sort();", "Unable to compile code: unknown method 'sort' in line 1"),
        ("1 = 2;", "Unable to compile code: non-variable in assignment in line 1"),
        ("return #;", "Unable to compile code: unexpected symbol '#' in line 1"),
        ("return '\\ud800';", "Unable to compile code: invalid string in line 1"),
        ("return 'a\\q';", "Unable to compile code: invalid string in line 1"),
        ("var a = 1; b[0] = 2;", "Unable to compile code: undefined identifier 'b' in line 1"),
        ("return API.execute({});", "Unable to compile code: '.' expected, '(' found in line 1"),
        ("for (;;) {}", "Unable to compile code: undefined identifier 'for' in line 1"),
        ("return 1 ? 2;", "Unable to compile code: ':' expected, ';' found in line 1"),
        ("return " + "[" * 5000, "Unable to compile code: nested too deep"),
    ],
)
def test_what_does_not_compile_is_refused_with_12(code: str, text: str) -> None:
    with pytest.raises(Refusal) as refused:
        run(code, echo)
    assert (refused.value.code, refused.value.text) == (12, text)


@pytest.mark.parametrize(
    "code",
    [
        "while (true) { var a = 1; }",
        "return 'a' < 1;",
        "return 1 / 0;",
        "return [] - 1;",
        "var a = 'x'; while (true) { a = a + a; }",
        "var a = 1; a.b = 2;",
        "return API.a.b(1);",
        "var a = [1]; a[5] = 2;",
        "var a = 1; return a.pop();",
        "return [1].slice();",
        "return 'а'.split('');",
        "return parseInt();",
        "var a = [1]; while (true) { a = a + a; }",
        "var a = [[1]]; while (true) { a.push(1); }",
        "var i = 0; while (i < 26) { API.a.b(); i = i + 1; }",
        # what grows without end, where nobody counts the statements
        "var a = []; a.push(a); return a;",
        "var a = []; a.push(a); return a == a;",
        "var a = {}; a.b = a; API.a.b(a);",
        "var a = [1], i = 0; while (i < 200) { a = [a]; i = i + 1; } return a;",
        "var a = [1], i = 0; while (i < 90) { a = [a, a]; i = i + 1; } return a;",
        "var a = [1], i = 0; while (i < 60) { a = [a, a]; i = i + 1; } return '' + a;",
        "var a = [1], i = 0; while (i < 60) { a = [a, a]; i = i + 1; } return a == [a];",
        "var t = 'x', i = 0; while (i < 19) { t = t + t; i = i + 1; } return [t, t, t].join('');",
        "var t = 'x', i = 0; while (i < 19) { t = t + t; i = i + 1; } var r = [];"
        "while (r.length < 50) { r.push(t); } return r;",
        "var a = 2.5; while (true) { a = a * a; }",
    ],
)
def test_what_fails_while_running_is_refused_with_13(code: str) -> None:
    with pytest.raises(Refusal) as refused:
        run(code, echo)
    assert refused.value.code == 13


def test_the_script_of_a_library_that_reads_page_after_page_runs() -> None:
    """The shape of vk_api's get_all: conditions, slices, joined lists, an object as its own parameters."""
    pages = {"0": [1, 2], "2": [3, 4], "4": [5]}

    def page(method: str, params: dict[str, Any]) -> dict[str, Any]:
        return {"count": 5, "items": pages[str(params["offset"])]}

    code = """
    var params = {"count": 2}, calls = 0, items = [], count = null, offset = 0, ri;
    while(calls < 25) {
        calls = calls + 1; params.offset = offset * 1;
        var response = API.wall.get(params), new_count = response.count,
            count_diff = (count == null ? 0 : new_count - count);
        if (!response) { return {"_error": 1}; }
        if (count_diff < 0) { offset = offset + count_diff; } else {
            ri = response.items; items = items + ri.slice(count_diff);
            offset = offset + params.count + count_diff;
            if (ri.length < params.count) { calls = 99; }
        }
        count = new_count;
        if (count != null && offset >= count) { calls = 99; }
    };
    return {count: count, items: items, offset: offset, more: calls != 99};
    """
    assert run(code, page) == {"count": 5, "items": [1, 2, 3, 4, 5], "offset": 6, "more": False}
    assert run(code, lambda method, params: False) == {"_error": 1}


def test_twenty_five_calls_are_allowed() -> None:
    calls = ",".join(["API.a.b({})"] * MAX_CALLS)
    assert len(run(f"return [{calls}];", echo)) == 25
