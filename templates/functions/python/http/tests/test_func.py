"""Run with `python -m unittest`; pytest finds these tests as well."""

import unittest

from function import new


class TestHandle(unittest.IsolatedAsyncioTestCase):
    async def test_answers_ok(self):
        for method in ("GET", "POST"):
            with self.subTest(method=method):
                sent = []

                async def receive():
                    return {"type": "http.request", "body": b"hello", "more_body": False}

                async def send(message):
                    sent.append(message)

                scope = {"type": "http", "method": method, "path": "/", "query_string": b"", "headers": []}
                await new().handle(scope, receive, send)

                start, body = sent
                self.assertEqual(start["type"], "http.response.start")
                self.assertEqual(start["status"], 200)
                self.assertIn((b"content-type", b"text/plain"), start["headers"])
                self.assertEqual(body, {"type": "http.response.body", "body": b"OK"})


if __name__ == "__main__":
    unittest.main()
