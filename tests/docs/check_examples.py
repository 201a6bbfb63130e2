#!/usr/bin/env python3
"""Does what a document says, in the order in which it says it, in a scratch folder of its own:
check_examples.py ROOT DOCUMENT PREFIX LIBDIR COMPILER GENERATOR PATH -- LAUNCHER... FLAG

```LANGUAGE FILE   is written to FILE; a FILE.cpp is compiled, to FILE
```cpp             snippets: together they make a program, see splice.py, which is run
```sh              is run by bash; a command that fails fails the test
```sh if-A,B       the same, where Python has the modules A and B; passed over where not
```console         lines after `$ ` are run, what they print must be what is shown (transcript.py);
                   ```console numbers-vary: except for the numbers
```text            what cannot be run here: sbatch, apt, the tests themselves

PREFIX is where Starmap is installed; PATH holds the folders, parted by colons, of programs that
documents run. `./program` in a document is any program: the first one of the README. `mpirun`
starts at most 4 ranks, whatever the document says."""

import importlib.util
import os
import pathlib
import shlex
import subprocess
import sys

import documents
import splice
import transcript

MOST_RANKS = 4
SHIM = """#!/bin/bash
if [ "$1" = --enable-recovery ]; then
    export OMPI_MCA_orte_enable_recovery=1
    shift
fi
[ "$1" = -n ] || {{ echo "documents say: mpirun [--enable-recovery] -n RANKS PROGRAM" >&2; exit 1; }}
ranks=$(($2 < {most} ? $2 : {most}))
shift 2
exec {launch} $ranks "$@"
"""


class Failed(Exception):
    pass


class Scratch:
    """The folder that a document's commands run in, and their environment."""

    def __init__(self, prefix, libdir, compiler, generator, path, launch):
        self.folder = pathlib.Path.cwd() / "scratch"
        self.compiler = compiler
        subprocess.run(["rm", "-rf", self.folder], check=True)
        tools = self.folder / "bin"
        tools.mkdir(parents=True)
        self.add_tool("mpirun", SHIM.format(most=MOST_RANKS, launch=shlex.join(launch)))
        self.add_tool("g++", f'#!/bin/bash\nexec {shlex.quote(compiler)} "$@"\n')
        self.add_tool("python3", f'#!/bin/bash\nexec {shlex.quote(sys.executable)} "$@"\n')
        self.environment = {
            **{name: value for name, value in os.environ.items()
               if not name.startswith("STARMAP_")},
            "PATH": f"{tools}:{prefix}/bin:{path}:{os.environ['PATH']}",
            "PKG_CONFIG_PATH": f"{prefix}/{libdir}/pkgconfig",
            "CMAKE_PREFIX_PATH": prefix,
            "CMAKE_GENERATOR": generator,
            "CXX": compiler,
            "PYTHONPATH": f"{prefix}/share/starmap/python",
            "PYTHONDONTWRITEBYTECODE": "1",
            "MPLBACKEND": "Agg",
        }
        self.environment["LD_LIBRARY_PATH"] = f"{prefix}/{libdir}"

    def add_tool(self, name, text):
        tool = self.folder / "bin" / name
        tool.write_text(text, encoding="utf-8")
        tool.chmod(0o755)

    def run(self, command):
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=self.folder,
                              env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failed(f"exit code {done.returncode} of\n{command}\n{done.stdout}{done.stderr}")
        return done

    def compile(self, source, options=""):
        self.run(f"g++ -std=c++20 {options} {source} "
                 f"$(pkg-config --static --cflags --libs starmap) -o {pathlib.Path(source).stem}")


def show(scratch, block):
    for command, shown in transcript.commands(block.text):
        done = scratch.run(command)
        if not transcript.agrees(shown, done.stdout, done.stderr, block.word == "numbers-vary"):
            raise Failed("shown:\n" + "\n".join(shown) + "\nprinted on standard output:\n"
                         + done.stdout + "and on standard error:\n" + done.stderr)


def follow(scratch, block):
    if block.language == "sh":
        needed = filter(None, block.word.removeprefix("if-").split(","))
        missing = [module for module in needed if importlib.util.find_spec(module) is None]
        if missing:
            print(f"passed over, as Python has no {missing[0]}:\n{block.text}")
        else:
            scratch.run(block.text)
    elif block.language == "console":
        show(scratch, block)
    elif block.word and block.language != "text":
        (scratch.folder / block.word).write_text(block.text, encoding="utf-8")
        if block.word.endswith(".cpp"):
            scratch.compile(block.word)


def add_any_program(scratch, root):
    readme = documents.blocks((root / "README.md").read_text(encoding="utf-8"))
    first = next(block for block in readme if block.word.endswith(".cpp"))
    (scratch.folder / "program.cpp").write_text(first.text, encoding="utf-8")
    scratch.compile("program.cpp")


def check(scratch, root, name):
    text = (root / name).read_text(encoding="utf-8")
    blocks = documents.blocks(text)
    if any("./program" in block.text for block in blocks if block.language in ("sh", "console")):
        add_any_program(scratch, root)
    for block in blocks:
        try:
            follow(scratch, block)
        except (Failed, ValueError) as failure:
            raise Failed(f"{name}:{block.line}: {failure}") from None
    snippets = [block for block in blocks if block.language == "cpp" and not block.word]
    if snippets:
        source = splice.program(snippets, name)
        (scratch.folder / "snippets.cpp").write_text(source, encoding="utf-8")
        scratch.compile("snippets.cpp", f"-I{shlex.quote(str(pathlib.Path(__file__).parent))}")
        for launch in ("", "mpirun -n 3 "):
            scratch.run(launch + "./snippets --starmap-task-info=none --starmap-log=warning")


def main():
    dash = sys.argv.index("--")
    root, name, *places = sys.argv[1:dash]
    try:
        check(Scratch(*places, sys.argv[dash + 1:]), pathlib.Path(root), name)
    except Failed as failure:
        print(failure)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
