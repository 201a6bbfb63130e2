#!/usr/bin/env python3
"""How many commands a second: `starmap run` beside GNU parallel and xargs, in turns, with medians.

  farm.py STARMAP [--commands N] [--rounds R] [--workers W] [--command true]

STARMAP is the command `starmap`. All run the same list of W commands at a time, with their output
dropped by the shell. `parallel` and `xargs` get the options with which they are quickest: xargs the
whole command as words (it starts no shell), parallel no shell either where it can."""

import argparse
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def seconds(words, folder, stdin=None):
    environment = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                       STARMAP_LOG="warning", STARMAP_PROGRESS="none")
    start = time.perf_counter()
    with open(stdin or os.devnull, encoding="utf-8") as given:
        ran = subprocess.run(words, cwd=folder, env=environment, stdin=given,
                             stdout=subprocess.DEVNULL, check=False)
    took = time.perf_counter() - start
    if ran.returncode != 0:
        sys.exit(f"error: \"{shlex.join(words)}\" ended with {ran.returncode} (its message is above)")
    return took


def contenders(given, listed):
    """Name and a function of the number of commands, which runs them."""
    ours = [given.starmap, "run", listed, "--fresh"]
    mpirun = ["mpirun", "--oversubscribe", "--bind-to", "none", "-q", "-n", str(given.workers + 1)]
    yield "starmap run", [f"--starmap-workers={given.workers}"], ours, None
    yield "starmap run, mpirun", ["--starmap-manager-works=off"], [*mpirun, *ours], None
    yield "  without a record", [f"--starmap-workers={given.workers}", "--record=none",
                                 "--journal=none", "--output=none"], ours[:3], None
    yield "xargs", [], ["xargs", f"-P{given.workers}", "-L1"], listed
    if shutil.which("parallel"):
        yield "parallel", [], ["parallel", f"-j{given.workers}", "-a", listed], None
    else:
        print("parallel: skipped (GNU parallel is not installed)")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("starmap")
    parser.add_argument("--commands", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--command", default="true")
    given = parser.parse_args()
    if min(given.commands, given.rounds, given.workers) < 1:
        parser.error("give at least 1 of each")
    given.starmap = os.path.abspath(given.starmap)
    with tempfile.TemporaryDirectory(prefix="farm-") as folder:
        listed = os.path.join(folder, "commands.txt")
        with open(listed, "w", encoding="utf-8") as file:
            file.write((given.command + "\n") * given.commands)
        rates = {}
        for _ in range(given.rounds):
            for name, options, words, stdin in contenders(given, listed):
                took = seconds([*words, *options], folder, stdin)
                rates.setdefault(name, []).append(given.commands / took)
        print(f"{given.commands} x `{given.command}`, {given.workers} at a time, medians of "
              f"{given.rounds}, load {os.getloadavg()[0]:.1f}")
        for name, measured in rates.items():
            ratios = [ours / other for ours, other in zip(rates["starmap run"], measured)]
            print(f"  {name:<22}{statistics.median(measured):9.0f} commands/s   starmap run is "
                  f"{statistics.median(ratios):.2f} times as quick "
                  f"({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
