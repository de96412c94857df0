"""HTTP/1.1 requests from bytes, without IO. Strict: what two programs could read in two ways is refused."""

import re
from urllib.parse import unquote_to_bytes

MAX_HEAD = 64 * 1024
MAX_HEADERS = 128
MAX_CHUNK_LINE = 256
MAX_TRAILERS = 8 * 1024

NEED_DATA = object()
END = object()

_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
_TARGET = re.compile(rb"[\x21-\x7e]+\Z")
_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*\Z")
_DIGITS = re.compile(rb"[0-9]{1,18}\Z")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?\Z")


class BadRequest(Exception):
    """The connection cannot go on: what follows cannot be understood."""

    def __init__(self, status, reason):
        super().__init__(reason)
        self.status = status


class Head:
    """One request without its body."""

    def __init__(self, method, target, version, headers):
        self.method = method
        self.version = version
        self.headers = headers
        self.raw_path, self.query = _split_target(method, target)
        self.path = unquote_to_bytes(self.raw_path).decode("utf-8", "replace")
        self.length, self.chunked = _framing(version, headers)
        self.keep_alive = _keep_alive(version, headers)
        self.expects_continue = version == "1.1" and any(v.lower() == b"100-continue" for n, v in headers if n == b"expect")
        hosts = [v for n, v in headers if n == b"host"]
        if len(hosts) > 1 or (not hosts and version == "1.1"):
            raise BadRequest(400, "a request has one Host header")

    @property
    def has_body(self):
        return self.chunked or self.length > 0


def _split_target(method, target):
    if target.startswith(b"/"):
        pass
    elif target == b"*" and method == "OPTIONS":
        return b"*", b""
    elif re.match(rb"https?://[^/?#]+", target, re.I):
        rest = re.sub(rb"^https?://[^/?#]+", b"", target, flags=re.I)
        target = rest if rest.startswith(b"/") else b"/" + rest
    else:
        raise BadRequest(400, "the request's target is not a path")
    target = target.split(b"#", 1)[0]
    path, _, query = target.partition(b"?")
    return path, query


def _framing(version, headers):
    lengths = [v for n, v in headers if n == b"content-length"]
    codings = [v for n, v in headers if n == b"transfer-encoding"]
    if codings:
        if lengths or version == "1.0":
            raise BadRequest(400, "a request with Transfer-Encoding has no Content-Length and is HTTP/1.1")
        if len(codings) != 1 or codings[0].lower() != b"chunked":
            raise BadRequest(501, "the only transfer encoding is chunked")
        return 0, True
    if not lengths:
        return 0, False
    if len(set(lengths)) != 1 or not _DIGITS.match(lengths[0]):
        raise BadRequest(400, "Content-Length is not a number")
    return int(lengths[0]), False


def _keep_alive(version, headers):
    words = {word.strip().lower() for n, v in headers if n == b"connection" for word in v.split(b",")}
    return b"close" not in words and (version == "1.1" or b"keep-alive" in words)


class Parser:
    """Feed it bytes and ask for what is next: a Head, pieces of a body, END; then `restart` for the next request."""

    def __init__(self):
        self._buffer = bytearray()
        self._seen = 0
        self._remaining = 0
        self._trailers = 0
        self._state = self._head

    def feed(self, data):
        self._buffer += data

    @property
    def is_empty(self):
        return not self._buffer

    def restart(self):
        self._state = self._head
        self._seen = 0

    def next(self):
        """A Head, bytes, END, or NEED_DATA. Raises BadRequest."""
        return self._state()

    def _line(self, limit):
        """The next line without its end; None until it is whole."""
        at = self._buffer.find(b"\n", 0, limit + 2)
        if at < 0:
            if len(self._buffer) > limit:
                raise BadRequest(400, "a line is too long")
            return None
        if at == 0 or self._buffer[at - 1] != 13:
            raise BadRequest(400, "a line does not end with CR LF")
        line = bytes(self._buffer[: at - 1])
        del self._buffer[: at + 1]
        return line

    def _head(self):
        if self._buffer.startswith(b"\r\n"):
            del self._buffer[:2]  # some clients send one after a body
        end = self._buffer.find(b"\r\n\r\n", max(0, self._seen - 3))
        if end > MAX_HEAD or (end < 0 and len(self._buffer) > MAX_HEAD):
            raise BadRequest(431, "the request's headers are too large")
        if end < 0:
            self._seen = len(self._buffer)
            return NEED_DATA
        lines = bytes(self._buffer[:end]).split(b"\r\n")
        del self._buffer[: end + 4]
        head = _read_head(lines)
        self._remaining = head.length
        self._state = self._chunk_size if head.chunked else self._body
        return head

    def _body(self):
        if self._remaining == 0:
            return self._finish()
        if not self._buffer:
            return NEED_DATA
        piece = bytes(self._buffer[: self._remaining])
        del self._buffer[: len(piece)]
        self._remaining -= len(piece)
        return piece

    def _chunk_size(self):
        line = self._line(MAX_CHUNK_LINE)
        if line is None:
            return NEED_DATA
        match = _CHUNK_SIZE.match(line)
        if match is None:
            raise BadRequest(400, "the size of a chunk is not a hexadecimal number")
        self._remaining = int(match.group(1), 16)
        self._trailers = 0
        self._state = self._chunk if self._remaining else self._trailer
        return self._state()

    def _chunk(self):
        if self._remaining:
            return self._body() if self._buffer else NEED_DATA
        if len(self._buffer) < 2:
            return NEED_DATA
        if self._buffer[:2] != b"\r\n":
            raise BadRequest(400, "a chunk is longer than its size")
        del self._buffer[:2]
        self._state = self._chunk_size
        return self._state()

    def _trailer(self):
        while True:
            line = self._line(MAX_TRAILERS)
            if line is None:
                return NEED_DATA
            if line == b"":
                return self._finish()
            self._trailers += len(line)
            if self._trailers > MAX_TRAILERS:
                raise BadRequest(431, "the request's trailers are too large")
            _read_header(line)

    def _finish(self):
        self._state = lambda: NEED_DATA
        return END


def _read_head(lines):
    parts = lines[0].split(b" ")
    if len(parts) != 3 or not _TOKEN.match(parts[0]) or not _TARGET.match(parts[1]):
        raise BadRequest(400, "the first line is not that of a request")
    method, target, protocol = parts
    if protocol not in (b"HTTP/1.1", b"HTTP/1.0"):
        is_http = re.match(rb"HTTP/[0-9]\.[0-9]\Z", protocol)
        raise BadRequest(505 if is_http else 400, "the protocol is not HTTP/1.1")
    if len(lines) - 1 > MAX_HEADERS:
        raise BadRequest(431, "the request has too many headers")
    headers = [_read_header(line) for line in lines[1:]]
    return Head(method.decode("ascii"), target, protocol[5:].decode("ascii"), headers)


def _read_header(line):
    name, colon, value = line.partition(b":")
    value = value.strip(b" \t")
    if not colon or not _TOKEN.match(name) or not _VALUE.match(value):
        raise BadRequest(400, "a header is malformed")
    return name.lower(), value
