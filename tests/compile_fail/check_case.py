#!/usr/bin/env python3
"""Checks that a source file does not compile, for the reason it names:
check_case.py CASE.cpp -- COMPILER FLAGS...

The file holds `// expect: TEXT`. The first error line of the compiler must contain TEXT, and with
-DCONTROL, which takes the mistake out, the file must compile."""

import os
import re
import subprocess
import sys


def compile_case(compiler, source, *flags):
    """Exit code and messages of the compiler."""
    result = subprocess.run([*compiler, *flags, "-fsyntax-only", source], capture_output=True,
                            text=True, env={**os.environ, "LC_ALL": "C"})
    return result.returncode, result.stderr


def first_error(messages):
    return next((line for line in messages.splitlines() if "error:" in line), "")


def check(source, compiler):
    """What is wrong with the case, in words; empty if all is well."""
    with open(source, encoding="utf-8") as file:
        expected = re.search(r"^// expect: *(\S.*?) *$", file.read(), re.MULTILINE)
    if not expected:
        return "the case has no line `// expect: TEXT`"

    status, messages = compile_case(compiler, source, "-DCONTROL")
    if status != 0:
        return f"with -DCONTROL it must compile, but:\n{messages}"
    status, messages = compile_case(compiler, source)
    if status == 0:
        return "it compiles, but must not"
    if expected[1] not in first_error(messages):
        return (f"the first error is\n  {first_error(messages)}\nbut must contain\n"
                f"  {expected[1]}\nAll messages:\n{messages}")
    return ""


def main():
    if len(sys.argv) < 4 or sys.argv[2] != "--":
        sys.exit(__doc__)
    problem = check(sys.argv[1], sys.argv[3:])
    if problem:
        sys.exit(f"{sys.argv[1]}: {problem}")


if __name__ == "__main__":
    main()
