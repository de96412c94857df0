"""Serves an ASGI application over HTTP/1.1 with asyncio."""

import asyncio
import sys
import traceback

from .http1 import END, NEED_DATA, BadRequest, Parser
from .response import Response, plain

READ_SECONDS = 30
WRITE_SECONDS = 30
IDLE_SECONDS = 75
BODY_HIGH = 64 * 1024
# Of a body that nobody wants: up to this much is read, so that the client reads the answer.
DISCARD_BYTES = 1024 * 1024
DISCARD_SECONDS = 2


class Server:
    """`listen`, then `shut_down`: no new connections, and those with a request may finish it."""

    def __init__(self, app):
        self.app = app
        self.closing = False
        self.connections = set()
        self._listener = None

    async def listen(self, host, port):
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(lambda: Connection(self, loop), host, port, backlog=1024)
        return self._listener.sockets[0].getsockname()[1]

    async def shut_down(self, seconds):
        """True if every request has finished."""
        self.closing = True
        if self._listener is not None:
            self._listener.close()
        for connection in list(self.connections):
            connection.close_if_idle()
        waited = [connection.closed for connection in self.connections]
        if waited:
            await asyncio.wait(waited, timeout=seconds)
        unfinished = list(self.connections)
        for connection in unfinished:
            connection.abort()
        return not unfinished


class Connection(asyncio.Protocol):
    def __init__(self, server, loop):
        self._server = server
        self._loop = loop
        self._parser = Parser()
        self._exchange = None
        self._timer = None
        self._reading_head = False
        self._ended = False
        self._discarded = None
        self._writable = None
        self._transport = None
        self.closed = loop.create_future()

    # What the transport calls.

    def connection_made(self, transport):
        self._transport = transport
        self._server.connections.add(self)
        self._arm(READ_SECONDS)

    def data_received(self, data):
        if self._discarded is not None:
            self._discarded += len(data)
            if self._discarded > DISCARD_BYTES:
                self._transport.close()
            return
        self._parser.feed(data)
        self._advance()

    def eof_received(self):
        self._ended = True
        if self._exchange is not None:
            self._exchange.disconnect()
        return self._exchange is not None  # the answer may still be wanted

    def pause_writing(self):
        self._writable = self._loop.create_future()

    def resume_writing(self):
        self._release()

    def connection_lost(self, _error):
        self._disarm()
        self._server.connections.discard(self)
        self._release()
        if self._exchange is not None:
            self._exchange.disconnect()
        if not self.closed.done():
            self.closed.set_result(None)

    # What an exchange calls.

    def write(self, data):
        if data and not self._transport.is_closing():
            self._transport.write(data)

    async def drained(self):
        if self._writable is not None:
            done, _ = await asyncio.wait([self._writable], timeout=WRITE_SECONDS)
            if not done:
                self.abort()

    @property
    def is_closing(self):
        return self._transport.is_closing()

    @property
    def addresses(self):
        """Of the client and of the server."""
        return tuple(_address(self._transport.get_extra_info(name)) for name in ("peername", "sockname"))

    def want_body(self):
        self._transport.resume_reading()
        if not self._transport.is_closing():
            self._arm(READ_SECONDS)

    def finished(self, keep_alive):
        """The answer is written, or cannot be."""
        exchange, self._exchange = self._exchange, None
        if self._transport.is_closing():
            return
        if self._ended:
            self._transport.close()
        elif not exchange.body_ended:
            self._discard()
        elif keep_alive and not self._server.closing:
            self._parser.restart()
            self._transport.resume_reading()
            self._arm(IDLE_SECONDS)
            self._advance()
        else:
            self._transport.close()

    def abort(self):
        if self._transport is not None:
            self._transport.abort()

    def close_if_idle(self):
        if self._exchange is None:
            self._transport.close()

    def _advance(self):
        try:
            while not self._transport.is_closing():
                exchange = self._exchange
                if exchange is not None and exchange.body_ended:
                    if not self._parser.is_empty:
                        self._transport.pause_reading()  # the next request has time
                    return
                event = self._parser.next()
                if event is NEED_DATA:
                    self._wait_for_more(exchange)
                    return
                if exchange is None:
                    self._reading_head = False
                    self._exchange = Exchange(self, event, self._server)
                    self._exchange.task = self._loop.create_task(self._exchange.run(self._server.app))
                elif event is END:
                    self._disarm()
                    exchange.end_body()
                else:
                    exchange.feed(event)
        except BadRequest as problem:
            self._refuse(problem)

    def _wait_for_more(self, exchange):
        if exchange is None:
            if not self._parser.is_empty and not self._reading_head:
                self._reading_head = True
                self._arm(READ_SECONDS)
        elif exchange.is_full:
            self._disarm()
            self._transport.pause_reading()
        else:
            self._arm(READ_SECONDS)

    def _refuse(self, problem):
        if self._exchange is None:
            self.write(plain(problem.status, f"{problem}\n"))
            self._discard()
        else:
            self._exchange.disconnect()
            if not self._exchange.response.started:
                self.write(plain(problem.status, f"{problem}\n"))
            self._transport.close()

    def _discard(self):
        self._discarded = 0
        self._transport.resume_reading()
        if self._transport.can_write_eof():
            self._transport.write_eof()
        self._arm(DISCARD_SECONDS)

    def _arm(self, seconds):
        self._disarm()
        self._timer = self._loop.call_later(seconds, self._timed_out)

    def _disarm(self):
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _timed_out(self):
        if self._exchange is None and not self._parser.is_empty and self._discarded is None:
            self.write(plain(408, "the request did not arrive in time\n"))
        if self._exchange is not None:
            self._exchange.disconnect()
        self._transport.close()

    def _release(self):
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None


class Exchange:
    """One request and its response: the `receive` and `send` of ASGI."""

    def __init__(self, connection, head, server):
        self._connection = connection
        self._head = head
        self._server = server
        self._body = bytearray()
        self._news = None
        self._continue = head.expects_continue and head.has_body
        self._delivered_end = False
        self.body_ended = False
        self.disconnected = False
        self.response = Response(head, head.keep_alive)
        self.task = None

    @property
    def is_full(self):
        return len(self._body) >= BODY_HIGH

    def feed(self, data):
        self._body += data
        self._wake()

    def end_body(self):
        self.body_ended = True
        self._wake()

    def disconnect(self):
        self.disconnected = True
        self._wake()

    def _wake(self):
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    async def run(self, app):
        scope = self._scope()
        try:
            await app(scope, self.receive, self.send)
            if not self.response.complete and not self.disconnected:
                raise RuntimeError("the function returned without a complete response")
        except Exception:
            traceback.print_exc(file=sys.stderr)
            if self.response.started:
                self._connection.abort()
            else:
                self.response = Response(self._head, self.response.keep_alive)
                for message in _internal_error():
                    await self.send(message)
        self._connection.finished(self.response.keep_alive and self.response.complete)

    def _scope(self):
        head = self._head
        client, server = self._connection.addresses
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": head.version,
            "method": head.method.upper(),
            "scheme": "http",
            "path": head.path,
            "raw_path": head.raw_path,
            "query_string": head.query,
            "root_path": "",
            "headers": head.headers,
            "client": client,
            "server": server,
            "state": {},
        }

    async def receive(self):
        while True:
            if self._body:
                body, self._body = bytes(self._body), bytearray()
                self._delivered_end = self.body_ended
                if not self.body_ended and not self.disconnected:
                    self._connection.want_body()
                return {"type": "http.request", "body": body, "more_body": not self.body_ended}
            if self.body_ended and not self._delivered_end:
                self._delivered_end = True
                return {"type": "http.request", "body": b"", "more_body": False}
            if self.disconnected or self.response.complete:
                return {"type": "http.disconnect"}
            if self._continue and not self.response.started:
                self._continue = False
                self._connection.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._news = asyncio.get_running_loop().create_future()
            await self._news

    async def send(self, message):
        if self._connection.is_closing:
            self.disconnected = True
            return
        if self._server.closing or not (self.body_ended or self.response.started):
            self.response.keep_alive = False
        self._connection.write(self.response.encode(message))
        if self.response.complete:
            self._wake()
        await self._connection.drained()


def _address(pair):
    return (pair[0], pair[1]) if isinstance(pair, tuple) else None


def _internal_error():
    yield {"type": "http.response.start", "status": 500, "headers": [(b"content-type", b"text/plain; charset=utf-8")]}
    yield {"type": "http.response.body", "body": b"Internal Server Error\n"}
