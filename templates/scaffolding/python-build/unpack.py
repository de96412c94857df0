"""unpack.py WHEELS INTO IMAGE-FOLDER: unpacks wheels into one folder with compiled modules; prints their names and versions."""

import json
import os
import sys
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import locks  # noqa: E402
import pyc  # noqa: E402


def main(wheels, into, image):
    packages = [unpack(os.path.join(wheels, name), into) for name in sorted(os.listdir(wheels)) if name.endswith(".whl")]
    compile_all(into, image)
    json.dump({"packages": packages}, sys.stdout)


def unpack(wheel, into):
    with zipfile.ZipFile(wheel) as archive:
        for entry in sorted(archive.infolist(), key=lambda one: one.filename):
            path = placed(entry.filename)
            if path is None or entry.is_dir():
                continue
            target = os.path.join(into, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as file:
                file.write(archive.read(entry))
    name, version = os.path.basename(wheel).split("-")[:2]
    return {"name": locks.canonical(name), "version": version}


def placed(name):
    """Where a file of a wheel goes; None: nowhere. Programs and headers are for people, not for functions."""
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or "\\" in name:
        raise SystemExit(f"a wheel has a file with the path {name!r}")
    if parts[0].endswith(".data"):
        return "/".join(parts[2:]) if len(parts) > 2 and parts[1] in ("purelib", "platlib") else None
    return None if "__pycache__" in parts else name


def compile_all(into, image):
    for folder, folders, files in os.walk(into):
        folders.sort()
        for name in sorted(files):
            if not name.endswith(".py"):
                continue
            path = os.path.relpath(os.path.join(folder, name), into)
            with open(os.path.join(into, path), "rb") as file:
                source = file.read()
            try:
                code = compile(source, f"{image}/{path}", "exec", dont_inherit=True)
            except (SyntaxError, ValueError):
                continue  # some packages carry modules for other versions of Python
            pyc.write(into, path, source, code)


main(*sys.argv[1:])
