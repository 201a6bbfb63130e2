#!/usr/bin/env python3
"""Asks the compiler which files each public header reaches, and fails if a forbidden one is among
them: check_public_dependencies.py --root CHECKOUT -- COMPILER FLAGS..."""

import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

FORBIDDEN = re.compile(r"/(mpi|hdf5|H5public|sqlite3|png)\.h$|/(spdlog|fmt|CLI|nlohmann|doctest)/"
                       r"|/boost/mpi(/|\.hpp$)")


def reached_files(compiler, header):
    """The files that a compilation of the header alone reads."""
    rule = subprocess.run([*compiler, "-M", "-x", "c++", str(header)], stdout=subprocess.PIPE,
                          text=True)
    if rule.returncode != 0:
        sys.exit(f"{header} does not compile by itself")
    words = re.split(r"(?<!\\)\s+", rule.stdout.replace("\\\n", " ").strip())
    return [word.replace("\\ ", " ") for word in words[1:]]


def violations(root, compiler, header):
    private = str(root / "src") + os.sep
    files = map(os.path.normpath, reached_files(compiler, header))
    return [file for file in files if FORBIDDEN.search(file) or file.startswith(private)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("compiler", nargs="+")
    arguments = parser.parse_args()

    headers = sorted((arguments.root / "include").rglob("*.hpp"))
    if not headers:
        sys.exit(f"no headers under {arguments.root}/include")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda header: violations(arguments.root, arguments.compiler, header),
                         headers)
    failed = False
    for header, files in zip(headers, found):
        for file in files:
            failed = True
            print(f"{header.relative_to(arguments.root)} reaches {file}")
    if failed:
        sys.exit("public headers must not reach these (a user would need them to compile)")
    print(f"{len(headers)} public headers reach nothing forbidden")


if __name__ == "__main__":
    main()
