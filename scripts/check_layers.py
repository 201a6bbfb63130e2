#!/usr/bin/env python3
"""Holds the house rules that a compiler does not: check_layers.py [ROOT]

Layers number upward and an include points only to an equal or lower one; public headers reach no
private one; a .cpp includes its own header first; apps are written as a user would write them;
names say what a file does; headers have their guard; files stay short. Prints `file:line: problem`
for each breach."""

import pathlib
import re
import sys

LAYERS = {
    "base": 0,
    "records": 1,
    "chunking": 2,
    "scheduling": 3,
    "wire": 4,
    "transport": 5,
    "execution": 6,
    "journal": 7,
    "report": 7,
    "roles": 8,
}
SESSION_LAYER = 9  # what lies in src/ itself
PRIVATE_APPS = {"starmap", "bench"}  # they belong to the house; the others are examples

MAX_LINES = 300
LONG_FILES = {
    # path: why it is better long than cut
}
FORBIDDEN_NAMES = re.compile(r"(^|_)(utils?|commons?|helpers?)(_|$)")
SOURCE_FOLDERS = ("include", "src", "apps", "tests", "scripts", "cmake")
SOURCE_SUFFIXES = {".hpp", ".cpp", ".py", ".cmake"}
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')


def layer_of(path):
    """Layer of a file of src/; None for a folder that is in no layer."""
    return SESSION_LAYER if len(path.parts) == 2 else LAYERS.get(path.parts[1])


def includes(text):
    """Line number, opening quote and target of each #include."""
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match[1], pathlib.PurePosixPath(match[2])


def private_target(target):
    return target.parts[0] in LAYERS and len(target.parts) > 1


def check_private_file(path, text):
    own = layer_of(path)
    if own is None:
        yield 1, f"src/{path.parts[1]} is in no layer (see LAYERS in scripts/check_layers.py)"
        return
    for number, quote, target in includes(text):
        if private_target(target):
            other = LAYERS[target.parts[0]]
            if other > own:
                yield number, f"layer {own} includes {target} of the higher layer {other}"
        elif quote == '"' and own < SESSION_LAYER:
            yield number, f'"{target}" names no layer (write the whole path: "layer/file.hpp")'


def check_first_include(path, text):
    """Of a private .cpp with a header beside it: it shows that the header compiles alone."""
    own = path.relative_to("src").with_suffix(".hpp")
    number, _, first = next(includes(text), (1, "", None))
    if first != own:
        yield number, f'the first include is not "{own}", which must compile alone'


def check_public_header(path, text):
    for number, quote, target in includes(text):
        if quote == '"':
            yield number, f'a public header includes "{target}" (use <starmap/...>)'
        elif private_target(target):
            yield number, f"a public header includes the private <{target}>"


def check_app(path, text):
    for number, _, target in includes(text):
        if path.parts[1] not in PRIVATE_APPS and private_target(target):
            yield number, f"an app includes the private {target} (a user could not)"


def check_file(path, text):
    """Line and problem of each breach in one file."""
    lines = text.count("\n")
    if lines > MAX_LINES and str(path) not in LONG_FILES:
        yield MAX_LINES + 1, f"{lines} lines, more than {MAX_LINES} (cut it, or give the reason " \
                             "in LONG_FILES of scripts/check_layers.py)"
    if FORBIDDEN_NAMES.search(path.name.split(".")[0]):
        yield 1, f"{path.name} does not say what is in it"
    if path.suffix == ".hpp" and not re.search(r"^#pragma once$", text, re.MULTILINE):
        yield 1, "no #pragma once"
    if path.suffix in {".hpp", ".cpp"}:
        check = {"src": check_private_file, "include": check_public_header,
                 "apps": check_app}.get(path.parts[0])
        if check:
            yield from check(path, text)


def source_files(root):
    for folder in SOURCE_FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in SOURCE_SUFFIXES and path.is_file():
                yield path


def check_tree(root):
    """All breaches of a checkout as lines `file:line: problem`, and the number of files read."""
    problems, count = [], 0
    for path in source_files(root):
        count += 1
        relative = pathlib.PurePosixPath(path.relative_to(root).as_posix())
        text = path.read_text(encoding="utf-8")
        found = list(check_file(relative, text))
        if relative.parts[0] == "src" and path.suffix == ".cpp":
            if path.with_suffix(".hpp").is_file():
                found += check_first_include(relative, text)
        problems += [f"{relative}:{number}: {problem}" for number, problem in found]
    for name in LONG_FILES:
        if not (root / name).is_file():
            problems.append(f"scripts/check_layers.py:1: LONG_FILES names {name}, which is gone")
    return problems, count


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__).resolve()
    if len(sys.argv) < 2:
        root = root.parent.parent
    problems, count = check_tree(root)
    if count == 0:
        sys.exit(f"{root}: no source files")
    print(*problems, f"{count} files, {len(problems)} problems", sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
