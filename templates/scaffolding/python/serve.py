"""serve.py [--events] [--module=NAME] [--function=FOLDER] [--packages=FOLDER]: runs the function of a folder.

Without folders: those of the image that this file is in, wherever its tree is."""

import asyncio
import importlib
import logging
import os
import signal
import site
import sys
import traceback

from _kinetic.function import Function, MistakenFunction
from _kinetic.server import Server

STOP_SECONDS = 30


def main():
    options = dict(argument.lstrip("-").partition("=")[::2] for argument in sys.argv[1:])
    here = os.path.dirname(os.path.abspath(__file__))
    image = os.path.dirname(os.path.dirname(os.path.dirname(here)))
    folder = options.get("function") or os.path.join(image, "func")
    packages = options.get("packages") or os.path.join(image, "opt", "kinetic", "packages")
    certificates = os.path.join(image, "etc", "ssl", "certs", "ca-certificates.crt")
    if "function" not in options and os.path.isfile(certificates):
        os.environ.setdefault("SSL_CERT_FILE", certificates)
    level = os.environ.get("LOG_LEVEL", "INFO").upper()
    logging.basicConfig(level=level if level in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL") else "INFO")
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)
    sys.argv[1:] = []
    sys.path[0] = folder
    if os.path.isdir(packages):
        site.addsitedir(packages)
    try:
        function = Function(importlib.import_module(options.get("module") or "function"), "events" in options)
        return asyncio.run(serve(function))
    except MistakenFunction as problem:
        print(f"function: {problem}", file=sys.stderr)
        return 1


async def serve(function):
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lambda: os._exit(1) if stopping.is_set() else stopping.set())
    server = Server(function)
    host, port = address(os.environ)
    try:
        await server.listen(host, port)
    except OSError as problem:
        print(f"function: cannot listen on {host or 'all addresses'}, port {port}: {problem.strerror or problem}", file=sys.stderr)
        return 1
    start, stop = loop.create_task(function.start()), loop.create_task(stopping.wait())
    await asyncio.wait({start, stop}, return_when=asyncio.FIRST_COMPLETED)
    if start.done() and start.exception() is not None:
        traceback.print_exception(type(start.exception()), start.exception(), start.exception().__traceback__)
        print("function: start() failed", file=sys.stderr)
        return 1
    await stop
    start.cancel()
    finished = await server.shut_down(STOP_SECONDS)
    if not finished:
        print(f"function: requests did not finish within {STOP_SECONDS} s", file=sys.stderr)
    try:
        await asyncio.wait_for(function.stop(), STOP_SECONDS)
    except Exception:
        traceback.print_exc()
        print("function: stop() failed", file=sys.stderr)
        return 1
    return 0 if finished else 1


def address(env):
    """The host of LISTEN_ADDRESS, and PORT, where the platform expects the function; without PORT that of LISTEN_ADDRESS."""
    host, _, port = env.get("LISTEN_ADDRESS", "").rpartition(":")
    host = (host or env.get("ADDRESS", "")).strip("[]")
    port = env.get("PORT") or port or "8080"
    if not port.isdigit() or int(port) > 65535:
        raise MistakenFunction(f"PORT or LISTEN_ADDRESS names no port: {port}")
    return (None if host in ("", "::") else host), int(port)


if __name__ == "__main__":
    sys.exit(main())
