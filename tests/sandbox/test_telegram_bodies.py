"""Every form in which clients send parameters and files."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sandbox.bodies import TooLarge, Unreadable, read


def reading(
    body: bytes = b"", kind: str = "", query: bytes = b"", limit: int = 10_000, step: int = 7
) -> Any:
    """Read a request whose body arrives in pieces."""
    pieces = [body[i : i + step] for i in range(0, len(body), step)] or [b""]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    headers = [(b"content-type", kind.encode())] if kind else []
    return asyncio.run(read({"query_string": query, "headers": headers}, receive, limit))


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "kind", "query", "params"),
    [
        (b"", "", b"a=1&b=%D1%8F+%D1%8E", {"a": "1", "b": "я ю"}),
        (b"a=1&b=&c=100%25", FORM, b"", {"a": "1", "b": "", "c": "100%"}),
        ("b=я".encode(), FORM, b"", {"b": "я"}),
        (b"b=%zz%", FORM, b"", {"b": "%zz%"}),
        (b"a=body", FORM, b"a=query&b=2", {"a": "body", "b": "2"}),
        (
            '{"a":1,"b":[true],"c":"я"}'.encode(),
            "application/json; charset=utf-8",
            b"",
            {"a": 1, "b": [True], "c": "я"},
        ),
        (b"a=1", "", b"", {"a": "1"}),
        (b'{"a":1}', "Application/JSON", b"b=2", {"a": 1, "b": "2"}),
    ],
)
def test_parameters_are_read(body: bytes, kind: str, query: bytes, params: dict[str, Any]) -> None:
    assert reading(body, kind, query) == (params, {})


def multipart(*parts: tuple[str, bytes]) -> bytes:
    return (
        b"".join(
            b"--XX\r\nContent-Disposition: form-data; "
            + head.encode()
            + b"\r\n\r\n"
            + content
            + b"\r\n"
            for head, content in parts
        )
        + b"--XX--\r\n"
    )


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ('name="doc"; filename="отчёт за год.pdf"', "отчёт за год.pdf"),
        ("name=doc; filename=plain.pdf", "plain.pdf"),
        ('name="doc"; filename="a \\"b\\".pdf"', 'a "b".pdf'),
        ('name="doc"; filename="x.pdf"; filename*=UTF-8\'\'%D1%8F.pdf', "я.pdf"),
        ('filename="first.pdf"; name="doc"', "first.pdf"),
    ],
)
def test_file_names_are_read_however_they_are_written(head: str, name: str) -> None:
    params, files = reading(multipart((head, b"\x00\xff--X")), "multipart/form-data; boundary=XX")
    assert params == {}
    assert (files["doc"].name, files["doc"].content) == (name, b"\x00\xff--X")


def test_a_file_name_in_latin_1_is_no_error() -> None:
    body = multipart(('name="doc"; filename="NAME"', b"x")).replace(b"NAME", b"caf\xe9.txt")
    assert reading(body, "multipart/form-data; boundary=XX")[1]["doc"].name == "café.txt"


def test_a_form_holds_fields_beside_files() -> None:
    body = multipart(
        ('name="chat_id"', b"5"),
        ('name="photo"; filename="p.png"\r\nContent-Type: image/png', b"PNG"),
    )
    params, files = reading(body, 'multipart/form-data; boundary="XX"')
    assert params == {"chat_id": "5"}
    assert files["photo"].mime == "image/png"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b"--XX\r\nnonsense", "multipart/form-data; boundary=XX"),
        (
            b"--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nx",
            "multipart/form-data; boundary=XX",
        ),
        (b"x", "multipart/form-data"),
    ],
)
def test_a_body_that_is_not_what_it_says_is_unreadable(body: bytes, kind: str) -> None:
    with pytest.raises(Unreadable):
        reading(body, kind)


def test_a_body_over_the_limit_is_read_to_its_end_and_refused() -> None:
    assert reading(b"a=" + b"x" * 98, FORM, limit=100)[0] == {"a": "x" * 98}
    with pytest.raises(TooLarge):
        reading(b"a=" + b"x" * 99, FORM, limit=100)
    with pytest.raises(TooLarge):
        reading(b"x" * 101, FORM, limit=100, step=1000)
