"""Run with `python -m unittest`; pytest finds these tests as well."""

import unittest

from function import new


class Event:
    """Stands in for a CloudEvent."""

    def __init__(self, attributes, data):
        self.attributes = attributes
        self.data = data


class TestHandle(unittest.IsolatedAsyncioTestCase):
    async def test_answers_with_an_event(self):
        sent = []

        async def send(event):
            sent.append(event)

        event = Event({"id": "1", "source": "/test", "type": "com.example.test"}, {"name": "tiger"})
        await new().handle({"event": event}, None, send)

        [answer] = sent
        self.assertIsInstance(answer, Event)
        self.assertEqual(answer.attributes["source"], "function")
        self.assertEqual(answer.attributes["type"], "function.response")
        self.assertEqual(answer.data, {"message": "OK"})


if __name__ == "__main__":
    unittest.main()
