"""Markdown, as far as the tests of the documents need it: fenced blocks, links and headings."""

import dataclasses
import os
import pathlib
import re

FENCE = re.compile(r"^(\s*)(```+)(.*)$")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+\s+(.*?)\s*$")


@dataclasses.dataclass
class Block:
    """A fenced block: ```LANGUAGE WORD, the number of its first line, and its text."""

    language: str
    word: str
    line: int
    text: str


def blocks(text):
    found, open_block, fence = [], None, ""
    for number, line in enumerate(text.splitlines(), 1):
        match = FENCE.match(line)
        if open_block is None and match:
            fence = match[2]
            words = match[3].split() + ["", ""]
            open_block = Block(words[0], words[1], number + 1, "")
        elif open_block is not None and match and match[2] == fence and not match[3].strip():
            found.append(open_block)
            open_block = None
        elif open_block is not None:
            open_block.text += line + "\n"
    if open_block is not None:
        raise ValueError(f"line {open_block.line - 1}: the block is never closed")
    return found


def prose(text):
    """Number and text of each line that is in no block, inline code taken out."""
    fence = None
    for number, line in enumerate(text.splitlines(), 1):
        match = FENCE.match(line)
        if match and fence in (None, match[2]):
            fence = match[2] if fence is None else None
        elif fence is None:
            yield number, re.sub(r"`[^`]*`", "", line)


def links(text):
    """Line number and target of each link."""
    for number, line in prose(text):
        for match in LINK.finditer(line):
            yield number, match[1]


def anchors(text):
    """What the headings are called in links, as GitHub makes it of their words."""
    fenced = {number for block in blocks(text) for number in
              range(block.line - 1, block.line + block.text.count("\n") + 1)}
    for number, line in enumerate(text.splitlines(), 1):
        match = HEADING.match(line)
        if match and number not in fenced:
            yield re.sub(r"[^\w\- ]", "", match[1].lower()).replace(" ", "-")


def markdown_files(root):
    """All documents of the source tree, those of build trees left out."""
    for name, folders, files in os.walk(root):
        folder = pathlib.Path(name)
        folders[:] = sorted(each for each in folders
                            if each != ".git" and not (folder / each / "CMakeCache.txt").exists())
        yield from (folder / each for each in sorted(files) if each.endswith(".md"))
