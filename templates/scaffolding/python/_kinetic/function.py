"""The user's function: its handle, its optional methods, and the paths of the health checks around it."""

import asyncio
import os
import sys


class MistakenFunction(Exception):
    """The module cannot be served: what to tell, in one line."""


def _events_app(handle):
    from . import events  # what a function of requests does not wait for

    return events.serving(handle, events.event_class())


async def _settled(value):
    return await value if hasattr(value, "__await__") else value


class Function:
    """Serves as an ASGI application."""

    def __init__(self, module, with_events):
        self._instance = self._make(module)
        handle = getattr(self._instance, "handle", None)
        if not callable(handle):
            raise MistakenFunction("what new() returned has no method handle(scope, receive, send)")
        self._app = _events_app(handle) if with_events else handle
        self._started = False

    @staticmethod
    def _make(module):
        if callable(getattr(module, "new", None)):
            return module.new()
        if callable(getattr(module, "handle", None)):
            return module
        raise MistakenFunction(f"the package {module.__name__} has neither new() nor handle(scope, receive, send)")

    def _optional(self, name):
        """The module of a function without new() has no such methods: its names are its own."""
        method = getattr(self._instance, name, None)
        is_instance = not isinstance(self._instance, type(sys))
        return method if is_instance and callable(method) else None

    async def start(self):
        start = self._optional("start")
        if start is not None:
            await _settled(start(dict(os.environ)))
        self._started = True

    async def stop(self):
        stop = self._optional("stop")
        if stop is not None and self._started:
            await _settled(stop())

    async def __call__(self, scope, receive, send):
        path = scope["path"]
        if path == "/health/liveness":
            await self._report("alive", send)
        elif path == "/health/readiness":
            await self._report("ready", send)
        else:
            await _settled(self._app(scope, receive, send))

    async def _report(self, name, send):
        status, text = 200, "OK"
        try:
            check = self._optional(name)
            if name == "ready" and not self._started:
                status, text = 503, "the function has not started"
            elif check is not None:
                result = await _settled(check())
                good, *message = result if isinstance(result, tuple) else (result,)
                if not good:
                    status, text = 503, " ".join(str(part) for part in message) or f"not {name}"
        except asyncio.CancelledError:
            raise
        except Exception as problem:
            print(f"function: {name}() failed: {problem!r}", file=sys.stderr, flush=True)
            status, text = 500, str(problem)
        headers = [(b"content-type", b"text/plain; charset=utf-8")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": f"{text}\n".encode("utf-8") if status != 200 else text.encode("utf-8")})
