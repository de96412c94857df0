"""What is written for the messages of an ASGI application."""

import re
import time
from http import HTTPStatus

_NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
_VALUE = re.compile(rb"[^\x00\r\n]*\Z")
_OURS = {b"connection", b"keep-alive", b"transfer-encoding", b"upgrade"}
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Response:
    """Frames one response. The head waits for the first piece of the body: a body in one piece has a length."""

    def __init__(self, head, keep_alive):
        self._without_body = head.method == "HEAD"
        self._can_chunk = head.version == "1.1"
        self._version = head.version
        self.keep_alive = keep_alive
        self._start = None
        self._chunked = False
        self._remaining = None
        self.started = False
        self.complete = False

    def encode(self, message):
        """The bytes to write. Raises ValueError or RuntimeError for what is not a message at this point."""
        kind = message["type"]
        if kind == "http.response.start":
            if self._start is not None:
                raise RuntimeError("the response has started already")
            self._start = _checked(message)
            return b""
        if kind != "http.response.body":
            raise RuntimeError(f"{kind!r} is no message of a response")
        if self._start is None:
            raise RuntimeError("http.response.start comes before http.response.body")
        if self.complete:
            raise RuntimeError("the response is complete already")
        body = bytes(message.get("body", b""))
        more = bool(message.get("more_body", False))
        head = b"" if self.started else self._head(body, more)
        self.complete = not more
        return head + self._framed(body)

    def _head(self, body, more):
        status, headers = self._start
        self.started = True
        if status in (204, 304) or status < 200:
            self._without_body = True
            headers = [(n, v) for n, v in headers if n != b"content-length" or status == 304]
        elif any(n == b"content-length" for n, _ in headers):
            self._remaining = int(next(v for n, v in headers if n == b"content-length"))
        elif not more:
            headers.append((b"content-length", str(len(body)).encode()))
        elif self._can_chunk:
            self._chunked = not self._without_body
            headers.append((b"transfer-encoding", b"chunked"))
        else:
            self.keep_alive = False
        if not any(n == b"date" for n, _ in headers):
            headers.append((b"date", _date()))
        if not self.keep_alive:
            headers.append((b"connection", b"close"))
        elif self._version == "1.0":
            headers.append((b"connection", b"keep-alive"))
        lines = [b"HTTP/1.1 %d %s" % (status, _reason(status))] + [b"%s: %s" % pair for pair in headers]
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def _framed(self, body):
        if self._without_body:
            return b""
        if self._remaining is not None:
            self._remaining -= len(body)
            if self._remaining < 0 or (self.complete and self._remaining > 0):
                raise RuntimeError("the body is not as long as its content-length")
        if not self._chunked:
            return body
        piece = b"%x\r\n%s\r\n" % (len(body), body) if body else b""
        return piece + (b"0\r\n\r\n" if self.complete else b"")


def _checked(message):
    status = int(message["status"])
    if not 200 <= status <= 999:
        raise ValueError(f"{status} is no status of a response")
    headers = []
    for name, value in message.get("headers", ()):
        name, value = bytes(name).lower(), bytes(value).strip(b" \t")
        if not _NAME.match(name) or not _VALUE.match(value):
            raise ValueError(f"the header {name!r} of the response is malformed")
        if name == b"content-length" and not value.isdigit():
            raise ValueError("the content-length of the response is no number")
        if name == b"content-length" and any(other == name for other, _ in headers):
            raise ValueError("the response has content-length twice")
        if name not in _OURS:
            headers.append((name, value))
    return status, headers


def _reason(status):
    try:
        return HTTPStatus(status).phrase.encode("ascii")
    except ValueError:
        return b""


def _date():
    now = time.gmtime()
    text = "%s, %02d %s %d %02d:%02d:%02d GMT" % (
        _DAYS[now.tm_wday], now.tm_mday, _MONTHS[now.tm_mon - 1], now.tm_year, now.tm_hour, now.tm_min, now.tm_sec,
    )
    return text.encode("ascii")


def plain(status, text):
    """A whole response with a connection that ends."""
    body = text.encode("utf-8")
    head = b"HTTP/1.1 %d %s\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\ndate: %s\r\nconnection: close\r\n\r\n"
    return head % (status, _reason(status), len(body), _date()) + body
