"""The program around a function: an HTTP/1.1 server for ASGI in the standard library, health checks, CloudEvents."""
