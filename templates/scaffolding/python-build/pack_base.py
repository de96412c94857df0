"""pack_base.py INTO: lists the files of an image that has this Python and nothing else, as JSON; compiled modules go to INTO.

The tree is the same wherever this Python is installed: /usr/local/bin, /usr/local/lib/pythonX.Y, and the libraries where the
dynamic linker looks without being told."""

import importlib.util
import json
import os
import struct
import sys
import sysconfig

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pyc  # noqa: E402

VERSION = "%d.%d" % sys.version_info[:2]
LIBRARY = f"usr/local/{sys.platlibdir}/python{VERSION}"
LEFT_OUT = {"__pycache__", "site-packages", "dist-packages", "test", "tests", "idle_test", "idlelib", "tkinter", "turtledemo", "ensurepip"}
# Loaded by name at run time, or by wheels, which may expect them of every system.
USUAL = ("libgcc_s.so.1", "libstdc++.so.6", "libresolv.so.2", "libnss_dns.so.2", "libnss_files.so.2", "libpthread.so.0", "libdl.so.2", "librt.so.1", "libutil.so.1")


def main(into):
    program = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
    files = [{"path": f"usr/local/bin/python{VERSION}", "file": program, "mode": 0o755}]
    files += [{"path": f"usr/local/bin/{name}", "link": f"python{VERSION}"} for name in ("python3", "python")]
    extensions = []
    for folder in dict.fromkeys(os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")):
        files += library(folder, into, extensions)
    files += libraries(program, extensions)
    unique = {file["path"]: file for file in files}
    json.dump({"version": "%d.%d.%d" % sys.version_info[:3], "files": [unique[path] for path in sorted(unique)]}, sys.stdout)


def library(root, into, extensions):
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT and not name.startswith("config-"))
        for name in sorted(names):
            file = os.path.realpath(os.path.join(folder, name))
            path = os.path.relpath(os.path.join(folder, name), root)
            if name in ("sitecustomize.py", "EXTERNALLY-MANAGED") or name.endswith((".a", ".o", ".pyc")) or not os.path.isfile(file):
                continue
            if name.startswith(("_test", "_tkinter", "_ctypes_test", "xx")) and name.endswith(".so"):
                continue
            if name.endswith(".so"):
                extensions.append((name.split(".")[0], file))
            found.append({"path": f"{LIBRARY}/{path}", "file": file})
            if name.endswith(".py"):
                found += module(into, path, file)
    return found


def module(into, path, file):
    with open(file, "rb") as opened:
        source = opened.read()
    try:
        pyc.write(into, path, source, compile(source, f"/{LIBRARY}/{path}", "exec", dont_inherit=True))
    except (SyntaxError, ValueError):
        return []
    return [{"path": f"{LIBRARY}/{pyc.name(path)}", "file": os.path.join(into, pyc.name(path))}]


def libraries(program, extensions):
    """What the program and its extension modules load: this process loads them all and looks."""
    for name, file in extensions:
        spec = importlib.util.spec_from_file_location(name, file)
        try:
            importlib.util.module_from_spec(spec)
        except ImportError:
            pass
    with open("/proc/self/maps", encoding="utf-8") as maps:
        mapped = {line.split(maxsplit=5)[5].strip() for line in maps if line.count("/") and "r-xp" in line}
    own = {file for _, file in extensions} | {program}
    shared = {path for path in mapped if path.startswith("/") and path not in own and ".so" in os.path.basename(path)}
    home = next(os.path.dirname(path) for path in shared if os.path.basename(path).startswith("libc.so") or "/libc-" in path)
    shared |= {os.path.realpath(os.path.join(home, name)) for name in USUAL if os.path.exists(os.path.join(home, name))}
    interpreter, _ = elf(program)
    linker = os.path.realpath(interpreter)
    found = [{"path": interpreter.lstrip("/"), "file": linker, "mode": 0o755}]
    for path in sorted(shared - {linker}):
        found.append({"path": f"{home.lstrip('/')}/{elf(path)[1] or os.path.basename(path)}", "file": path, "mode": 0o755})
    return found


def elf(path):
    """The dynamic linker that a file asks for, and the name that others load it by."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:5] != b"\x7fELF\x02":
        raise SystemExit(f"{path} is no 64-bit ELF file")
    at, size, count = struct.unpack_from("<Q", data, 32)[0], *struct.unpack_from("<HH", data, 54)
    headers = [struct.unpack_from("<IIQQQQ", data, at + index * size) for index in range(count)]
    interpreter, name = None, None
    for kind, _, offset, _, _, length in headers:
        if kind == 3:
            interpreter = data[offset : offset + length].rstrip(b"\0").decode()
        elif kind == 2:
            entries = dict(struct.unpack_from("<QQ", data, offset + step)[::1] for step in range(0, length, 16))
            if 14 in entries:
                start = file_offset(headers, entries[5]) + entries[14]
                name = data[start : data.index(b"\0", start)].decode()
    return interpreter, name


def file_offset(headers, address):
    for kind, _, offset, virtual, _, length in headers:
        if kind == 1 and virtual <= address < virtual + length:
            return address - virtual + offset
    raise SystemExit("an address of an ELF file is in no segment")


main(*sys.argv[1:])
