"""Lists of packages with versions and hashes, in the form of requirements.txt."""

import hashlib
import os
import re


class Refused(Exception):
    """The project cannot be built: what is wrong, and the next step."""


def logical_lines(text):
    joined = re.sub(r"\\\r?\n", " ", text)
    lines = (re.sub(r"(^|\s)#.*$", "", line).strip() for line in joined.splitlines())
    return [re.sub(r"\s+", " ", line) for line in lines if line]


def from_wheels(folder):
    """The lock of the wheels that a resolution has downloaded."""
    lines = []
    for file in sorted(os.listdir(folder)):
        if not file.endswith(".whl"):
            raise Refused(f"{file} is no wheel", "depend on a release that has wheels")
        name, version = file.split("-")[:2]
        with open(os.path.join(folder, file), "rb") as opened:
            digest = hashlib.sha256(opened.read()).hexdigest()
        lines.append(f"{canonical(name)}=={version} --hash=sha256:{digest}")
    return "".join(f"{line}\n" for line in sorted(lines))


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def from_uv(lock, machine, python):
    """What uv.lock says for a machine with Linux: what the project needs, without its development groups."""
    try:
        from pip._vendor.packaging.markers import Marker
    except ImportError:
        raise Refused("pip is needed to read uv.lock", "install pip for this Python") from None
    environment = {
        "os_name": "posix", "sys_platform": "linux", "platform_system": "Linux", "platform_machine": machine,
        "python_version": ".".join(python.split(".")[:2]), "python_full_version": python if python.count(".") == 2 else f"{python}.0",
    }
    packages = {}
    for package in lock.get("package", []):
        packages.setdefault(canonical(package["name"]), []).append(package)
    roots = [one for group in packages.values() for one in group if {"editable", "virtual"} & set(one.get("source", {}))]
    lines, seen = set(), set()
    todo = [dependency for root in roots[:1] for dependency in root.get("dependencies", [])]
    while todo:
        wanted = todo.pop()
        if "marker" in wanted and not Marker(wanted["marker"]).evaluate({**environment, "extra": ""}):
            continue
        for package in packages.get(canonical(wanted["name"]), []):
            if wanted.get("version", package.get("version")) != package.get("version"):
                continue
            extras = tuple(sorted(wanted.get("extra", [])))
            if (package["name"], package.get("version"), extras) in seen:
                continue
            seen.add((package["name"], package.get("version"), extras))
            lines.add(line_of(package))
            todo.extend(package.get("dependencies", []))
            for extra in extras:
                todo.extend(package.get("optional-dependencies", {}).get(extra, []))
    return "".join(f"{line}\n" for line in sorted(lines))


def line_of(package):
    hashes = sorted({wheel["hash"] for wheel in package.get("wheels", []) if "hash" in wheel})
    if "registry" not in package.get("source", {}) or not hashes:
        raise Refused(f"uv.lock has no wheel from a registry for {package['name']}", "depend on a release that has wheels")
    return " ".join([f"{package['name']}=={package['version']}", *(f"--hash={one}" for one in hashes)])
