"""Compiled modules that are the same on every machine, and that Python takes without looking at the source."""

import importlib.util
import marshal
import os
import sys

_UNCHECKED_HASH = (1).to_bytes(4, "little")
# Without references between objects: those depend on what else the process has loaded.
_PLAIN_FORMAT = 2


def compiled(source, code):
    header = importlib.util.MAGIC_NUMBER + _UNCHECKED_HASH + importlib.util.source_hash(source)
    try:
        return header + marshal.dumps(code, _PLAIN_FORMAT)
    except ValueError:
        return header + marshal.dumps(code)


def name(path):
    """Where the compiled form of a source file is: `a/b.py` -> `a/__pycache__/b.cpython-311.pyc`."""
    folder, file = os.path.split(path)
    return os.path.join(folder, "__pycache__", f"{file[: -len('.py')]}.{sys.implementation.cache_tag}.pyc")


def write(root, path, source, code):
    target = os.path.join(root, name(path))
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, "wb") as file:
        file.write(compiled(source, code))
