"""Makes one program of the C++ snippets of a document.

A snippet is a block tagged `cpp` without a file name. Up to a line `// in main:` it stands at the
top of the program; what follows is the body of a function of its own that gets `session`. Without
that line it is a body. A comment `// = VALUE` at the end of a statement that defines a name by
`auto const` makes the program compare the two. Snippets with std::views are left out where clang
before 16 compiles them, which cannot read the views of g++'s library."""

import re

MARKER = "// in main:"
SHOWN = re.compile(r";\s*// = (.*?)\s*$")
NAME = re.compile(r"^\s*auto const (\w+)\s*=")


def guarded(lines, snippet):
    """The lines, hidden from compilers that cannot compile the snippet."""
    if "std::views" not in snippet.text:
        return lines
    return ["#if !defined(__clang__) || __clang_major__ > 15", *lines, "#endif"]


def with_checks(lines, first, document):
    """The lines of a body, with a call of expect() behind each value shown."""
    name = None
    for number, line in enumerate(lines, first):
        name = match[1] if (match := NAME.match(line)) else name
        yield f'#line {number} "{document}"'
        yield line
        if match := SHOWN.search(line):
            yield f'docs::expect({name}, "{match[1]}", "{document}:{number}");'


def program(snippets, document):
    top, bodies, calls = [], [], []
    for snippet in snippets:
        lines = snippet.text.splitlines()
        cut = lines.index(MARKER) + 1 if MARKER in lines else 0
        declarations = [f'#line {snippet.line} "{document}"', *lines[: max(cut - 1, 0)]]
        top += guarded(declarations, snippet)
        function = f"snippet_{snippet.line}"
        bodies += [
            f"static void {function}([[maybe_unused]] starmap::Session& session)",
            "{",
            *guarded(list(with_checks(lines[cut:], snippet.line + cut, document)), snippet),
            "}",
        ]
        calls.append(f"        {function}(session);")
    return "\n".join([
        '#include "expect.hpp"',
        *top,
        *bodies,
        "int main(int argc, char** argv)",
        "{",
        "    return starmap::run(argc, argv, [](starmap::Session& session) {",
        *calls,
        "        return docs::wrong == 0 ? 0 : 3;",
        "    });",
        "}",
        "",
    ])
