"""Reads a function's folder and says what is in it, as JSON. Takes JSON on its input:
{root, files, machine, python, compile: [{source, path, image}], into}. Compiles every module in memory, and into `into` if given."""

import ast
import hashlib
import json
import os
import re
import sys
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import locks  # noqa: E402
import pyc  # noqa: E402


def main():
    request = json.load(sys.stdin)
    os.chdir(request["root"])
    errors = []
    for item in request["compile"]:
        compile_one(item, request.get("into"), errors)
    answer = {
        "version": "%d.%d.%d" % sys.version_info[:3],
        "errors": errors,
        "layout": layout(set(request["files"])),
        **requirements(request),
    }
    json.dump(answer, sys.stdout)


def compile_one(item, into, errors):
    with open(item["source"], "rb") as file:
        source = file.read()
    try:
        code = compile(source, item["image"], "exec", dont_inherit=True)
        if into:
            pyc.write(into, item["image"].lstrip("/"), source, code)
    except (SyntaxError, ValueError) as problem:  # ValueError: null bytes
        if isinstance(problem, SyntaxError):
            problem.filename = item["path"]
        text = "".join(traceback.format_exception_only(type(problem), problem))
        errors.append({
            "file": item["path"],
            "line": getattr(problem, "lineno", None),
            "column": getattr(problem, "offset", None),
            "text": f"{type(problem).__name__}: {getattr(problem, 'msg', problem)}",
            "output": text,
        })


def layout(files):
    """Which form the function has, and the names that its module binds."""
    for path in ("function/__init__.py", "function.py"):
        if path in files:
            return {"kind": "function", "file": path, **names(path)}
    if "func.py" in files and ("Procfile" in files or "main" in names("func.py").get("names", ())):
        return {"kind": "parliament"}
    return {"kind": "none"}


def names(path):
    with open(path, "rb") as file:
        try:
            tree = ast.parse(file.read())
        except (SyntaxError, ValueError):
            return {"names": [], "open": True}
    found, is_open = set(), False
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                found.add(alias.asname or alias.name)
                is_open = is_open or alias.name == "*"
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return {"names": sorted(found), "open": is_open or "__getattr__" in found}


def requirements(request):
    """What the function depends on: `lock` with every package and its hashes, or `wanted`, what has to be resolved."""
    try:
        project = toml("pyproject.toml").get("project", {}) if os.path.isfile("pyproject.toml") else {}
        wanted = [str(one) for one in project.get("dependencies", [])]
        result = {"wanted": wanted, "requiresPython": project.get("requires-python")}
        check_python(project.get("requires-python"), request["python"])
        if "dependencies" in project.get("dynamic", []):
            raise locks.Refused("the dependencies in pyproject.toml are dynamic", "list them in [project] dependencies, or in requirements.txt")
        if os.path.isfile("pyproject.toml") and not project and "poetry" in toml("pyproject.toml").get("tool", {}):
            raise locks.Refused("pyproject.toml has its dependencies in [tool.poetry] alone", "list them in [project] dependencies, or write requirements.txt with `poetry export`")
        if os.path.isfile("uv.lock"):
            result["lock"] = locks.from_uv(toml("uv.lock"), request["machine"], request["python"])
        elif os.path.isfile("requirements.txt"):
            with open("requirements.txt", encoding="utf-8") as file:
                text = file.read()
            lines = locks.logical_lines(text)
            if lines and all("==" in line and "--hash=" in line for line in lines):
                result["lock"] = "\n".join(lines) + "\n"
            elif lines:
                result["requirementsFile"] = True
                result["requirementsHash"] = hashlib.sha256(text.encode()).hexdigest()
        return result
    except locks.Refused as problem:
        return {"wanted": [], "refused": problem.args[0], "hint": problem.args[1]}
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        return {"wanted": [], "refused": f"the dependencies cannot be read: {problem}", "hint": "see pyproject.toml, uv.lock and requirements.txt"}


def toml(path):
    try:
        import tomllib
    except ImportError:
        try:
            from pip._vendor import tomli as tomllib
        except ImportError:
            version = "%d.%d" % sys.version_info[:2]
            raise locks.Refused(f"Python {version} cannot read {path}", "use Python 3.11 or newer, or install pip") from None
    with open(path, "rb") as file:
        try:
            return tomllib.load(file)
        except tomllib.TOMLDecodeError as problem:
            raise locks.Refused(f"{path} is no TOML: {problem}", "correct it") from None


def check_python(wanted, python):
    """`>=3.9, <4`: releases only, which is all that this field has in practice."""
    have = tuple(int(part) for part in python.split("."))
    for operator, version in re.findall(r"(~=|===?|!=|<=|>=|<|>)\s*([\d.]+)", wanted or ""):
        parts = tuple(int(part) for part in version.strip(".").split("."))
        mine = have[: len(parts)]
        holds = {
            "~=": mine >= parts and mine[: len(parts) - 1] == parts[:-1],
            ">=": mine >= parts, "<=": mine <= parts, "==": mine == parts, "===": mine == parts, "!=": mine != parts,
            "<": have < parts, ">": mine > parts,
        }[operator]
        if not holds and not (len(parts) > 2 and mine[:2] == parts[:2] and operator in (">=", "~=")):
            raise locks.Refused(f"the function wants Python {wanted}, and this is {python}", "change requires-python in pyproject.toml, or put another python3 first on the PATH")


main()
