"""CloudEvents over HTTP: `scope["event"]` in, `send(event)` out."""

import json
import os
import time
from urllib.parse import quote, unquote

MAX_BYTES = 32 * 1024 * 1024
STRUCTURED = "application/cloudevents+json"
REQUIRED = ("id", "source", "type")
_SAFE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')


class NotAnEvent(Exception):
    def __init__(self, status, reason):
        super().__init__(reason)
        self.status = status


def _new_id():
    return os.urandom(16).hex()


class CloudEvent:
    """An event for functions that do not depend on the package `cloudevents`, whose class this is like."""

    def __init__(self, attributes, data=None):
        self.attributes = {key.lower(): value for key, value in attributes.items()}
        self.attributes.setdefault("specversion", "1.0")
        self.attributes.setdefault("id", _new_id())
        self.attributes.setdefault("time", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
        self.data = data

    def __getitem__(self, key):
        return self.attributes[key]

    def __contains__(self, key):
        return key in self.attributes

    def __iter__(self):
        return iter(self.attributes)

    def __len__(self):
        return len(self.attributes)

    def get(self, key, default=None):
        return self.attributes.get(key, default)

    def get_attributes(self):
        return dict(self.attributes)

    def get_data(self):
        return self.data

    def __repr__(self):
        return str({"attributes": self.attributes, "data": self.data})


def event_class():
    """That of the package `cloudevents` if the function has it."""
    try:
        from cloudevents.http import CloudEvent as Theirs

        return Theirs
    except ImportError:
        pass
    try:
        from cloudevents.v1.http import CloudEvent as Theirs

        return Theirs
    except ImportError:
        return CloudEvent


def serving(handle, make):
    """The function as an ASGI application; `make` is the class of its events."""

    async def app(scope, receive, send):
        try:
            body = await _body(receive)
            attributes, data = parse(scope["headers"], body)
        except NotAnEvent as problem:
            await _answer(send, problem.status, [(b"content-type", b"text/plain; charset=utf-8")], f"{problem}\n".encode())
            return
        replies = []

        async def reply(event, status=200):
            if replies:
                raise RuntimeError("send was called before: there is one answer to an event")
            replies.append((status, *encode(event)))

        async def received():
            return {"type": "http.disconnect"}

        result = handle({**scope, "event": make(attributes, data)}, received, reply)
        if hasattr(result, "__await__"):
            await result
        await _answer(send, *(replies[0] if replies else (202, [], b"")))

    return app


async def _body(receive):
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise NotAnEvent(400, "the request has no end")
        parts.append(message["body"])
        size += len(message["body"])
        if size > MAX_BYTES:
            raise NotAnEvent(413, f"the event is larger than {MAX_BYTES} bytes")
        if not message["more_body"]:
            return b"".join(parts)


async def _answer(send, status, headers, body):
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def parse(headers, body):
    """Attributes and data of an event in binary or structured form. Raises NotAnEvent."""
    values = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}
    media_type = values.get("content-type", "").split(";")[0].strip().lower()
    if media_type == STRUCTURED:
        attributes, data = _structured(body)
    elif media_type.startswith("application/cloudevents"):
        raise NotAnEvent(415, f"events of the form {media_type} are not read")
    elif "ce-specversion" in values:
        attributes = {name[3:]: unquote(value) for name, value in values.items() if name.startswith("ce-")}
        if "content-type" in values:
            attributes["datacontenttype"] = values["content-type"]
        data = _decoded(body, attributes.get("datacontenttype")) if body else None
    else:
        raise NotAnEvent(400, f"not a CloudEvent: neither a header ce-specversion nor the content type {STRUCTURED}")
    if attributes.get("specversion") not in ("1.0", "0.3"):
        raise NotAnEvent(400, f"not a CloudEvent: specversion is {attributes.get('specversion')!r}")
    missing = [name for name in REQUIRED if not isinstance(attributes.get(name), str) or attributes[name] == ""]
    if missing:
        raise NotAnEvent(400, f"not a CloudEvent: {', '.join(missing)} must not be empty")
    return attributes, data


def _structured(body):
    import base64
    import binascii

    try:
        event = json.loads(body)
        if not isinstance(event, dict):
            raise ValueError("it is no object")
        attributes = {name: value for name, value in event.items() if name not in ("data", "data_base64") and value is not None}
        if any(not isinstance(value, (str, int, bool)) for value in attributes.values()):
            raise ValueError("an attribute is neither text nor a number nor a boolean")
        if "data_base64" in event:
            raw = base64.b64decode(event["data_base64"], validate=True)
            return attributes, _decoded(raw, attributes.get("datacontenttype", "application/octet-stream"))
        return attributes, event.get("data")
    except (ValueError, TypeError, RecursionError, binascii.Error) as problem:
        raise NotAnEvent(400, f"not a CloudEvent: {problem}") from None


def _is_json(media_type):
    base = (media_type or "application/json").split(";")[0].strip().lower()
    return base.endswith(("/json", "+json"))


def _decoded(body, media_type):
    try:
        if _is_json(media_type):
            return json.loads(body)
        return body.decode("utf-8") if media_type.lower().startswith("text/") else body
    except (ValueError, RecursionError):
        return body


def encode(event):
    """Headers and body of an event in binary form. Raises TypeError or ValueError for what is none."""
    attributes, data = _parts(event)
    attributes = {str(name).lower(): value for name, value in attributes.items() if value is not None}
    attributes.setdefault("specversion", "1.0")
    attributes.setdefault("id", _new_id())
    missing = [name for name in REQUIRED if not attributes.get(name)]
    if missing:
        raise ValueError(f"the event that was sent has no {', '.join(missing)}")
    media_type = attributes.pop("datacontenttype", None)
    body, media_type = _encoded(data, media_type)
    headers = [(f"ce-{name}".encode("ascii"), _header(value)) for name, value in attributes.items()]
    return headers + ([(b"content-type", media_type.encode("latin-1"))] if media_type else []), body


def _parts(event):
    if isinstance(event, dict):
        return {name: value for name, value in event.items() if name != "data"}, event.get("data")
    attributes = event.get_attributes() if hasattr(event, "get_attributes") else getattr(event, "attributes", None)
    if attributes is None:
        attributes = getattr(event, "_attributes", None)
    if not hasattr(attributes, "items"):
        raise TypeError(f"send takes an event, not {type(event).__name__}")
    return attributes, event.get_data() if hasattr(event, "get_data") else getattr(event, "data", None)


def _encoded(data, media_type):
    if data is None:
        return b"", media_type
    if isinstance(data, (bytes, bytearray, memoryview)):
        return bytes(data), media_type or "application/octet-stream"
    if isinstance(data, str) and not (media_type and _is_json(media_type)):
        return data.encode("utf-8"), media_type or "text/plain; charset=utf-8"
    return json.dumps(data).encode("utf-8"), media_type or "application/json"


def _header(value):
    if isinstance(value, bool):
        value = "true" if value else "false"
    elif hasattr(value, "isoformat"):  # a date and time
        value = value.isoformat()
    return quote(str(value), safe=_SAFE).encode("ascii")
