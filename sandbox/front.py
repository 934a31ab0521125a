"""The pages of the front end (nginx) that stands before a platform's API: what is refused before a method is known."""

from __future__ import annotations

from http import HTTPStatus

_WORDS = {
    400: "Bad Request",
    408: "Request Time-out",
    414: "Request-URI Too Large",
    431: "Request Header Or Cookie Too Large",
    502: "Bad Gateway",
}


def page(status: int) -> bytes:
    """Return the HTML page of a status."""
    title = f"{status} {_WORDS.get(status) or HTTPStatus(status).phrase}".encode()
    return (
        b"<html>\r\n<head><title>%b</title></head>\r\n<body>\r\n<center><h1>%b</h1></center>\r\n"
        b"<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    ) % (title, title)


def answer(status: int) -> bytes:
    """Return a whole HTTP answer with that page, which ends the connection."""
    body = page(status)
    return (
        b"HTTP/1.1 %d %b\r\ncontent-type: text/html\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b"
    ) % (status, HTTPStatus(status).phrase.encode(), len(body), body)
