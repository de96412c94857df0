import logging


def new():
    """Makes the function; called once when an instance starts. It has to have this name and no arguments."""
    return Function()


class Function:
    """Holds what lives as long as an instance: connections, caches, configuration."""

    async def handle(self, scope, receive, send):
        """Answers a request of any path but those of the health checks. An ASGI application: `scope` has method,
        path, query and headers, `await receive()` gives the body, and `await send(...)` answers."""
        logging.info("%s %s", scope["method"], scope["path"])

        await send({
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"text/plain")],
        })
        await send({"type": "http.response.body", "body": b"OK"})

    def start(self, cfg):
        """Optional. Called before the first request, with the environment as a dictionary."""
        logging.info("function starts")

    def stop(self):
        """Optional. Called after the last request."""
        logging.info("function stops")

    def alive(self):
        """Optional. False, with a reason if there is one: the instance is replaced."""
        return True, "alive"

    def ready(self):
        """Optional. False, with a reason if there is one: the instance gets no requests for now."""
        return True, "ready"
