#!/usr/bin/env python3
"""Holds what all documents promise at once: check_links.py ROOT [FOLDER...]

Every relative link leads to a file of the tree, and its anchor to a heading there. No document
names a place of this machine: the source tree, FOLDERs such as the build tree, the user's home."""

import pathlib
import re
import sys

import documents

# Folders that every system has, so that naming them tells nothing.
EVERYWHERE = {"bin", "dev", "etc", "lib", "opt", "proc", "sbin", "sys", "tmp", "usr", "var"}


def check_links(root, path, text):
    for number, target in documents.links(text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        place = (path.parent / file).resolve() if file else path.resolve()
        if not place.is_relative_to(root) or not place.exists():
            yield number, f"the link {target} leads nowhere"
        elif anchor and anchor not in documents.anchors(place.read_text(encoding="utf-8")):
            yield number, f"there is no heading for the link {target}"


def private_places(root, folders):
    """Patterns of paths that exist on this machine alone."""
    for place in [root, pathlib.Path.home(), *folders]:
        if len(place.parts) < 2:
            continue
        yield re.compile(r"(?<![\w.~/>-])" + re.escape(str(place)) + r"(?![\w-])")
        if place.parts[1] not in EVERYWHERE:
            yield re.compile(r"(?<![\w.~/<>-])" + re.escape(f"/{place.parts[1]}/"))


def check_places(patterns, text):
    for number, line in enumerate(text.splitlines(), 1):
        if any(pattern.search(line) for pattern in patterns):
            yield number, "a path of this machine"


def check(root, folders):
    """File, line and text of each breach."""
    root = root.resolve()
    patterns = list(private_places(root, [folder.resolve() for folder in folders]))
    for path in documents.markdown_files(root):
        text = path.read_text(encoding="utf-8")
        for number, problem in [*check_links(root, path, text), *check_places(patterns, text)]:
            yield path.relative_to(root), number, problem


def main():
    root, *folders = map(pathlib.Path, sys.argv[1:])
    breaches = list(check(root, folders))
    for path, number, problem in breaches:
        print(f"{path}:{number}: {problem}")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
