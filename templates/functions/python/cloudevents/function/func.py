import logging
import uuid


def new():
    """Makes the function; called once when an instance starts. It has to have this name and no arguments."""
    return Function()


class Function:
    """Holds what lives as long as an instance: connections, caches, configuration."""

    async def handle(self, scope, receive, send):
        """Answers the event in `scope["event"]` with the one that it sends. An event is made from its attributes and its
        data by the class of the one that came, a CloudEvent; to import that class, add `cloudevents` to the dependencies."""
        event = scope["event"]
        logging.info("event received: %s", event)

        attributes = {"id": f"response-{uuid.uuid4()}", "source": "function", "type": "function.response"}
        await send(type(event)(attributes, {"message": "OK"}))

    def start(self, cfg):
        """Optional. Called before the first event, with the environment as a dictionary."""
        logging.info("function starts")

    def stop(self):
        """Optional. Called after the last event."""
        logging.info("function stops")

    def alive(self):
        """Optional. False, with a reason if there is one: the instance is replaced."""
        return True, "alive"

    def ready(self):
        """Optional. False, with a reason if there is one: the instance gets no events for now."""
        return True, "ready"
