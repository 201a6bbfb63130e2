#!/usr/bin/env python3
"""What bench cannot measure from inside one MPI job, in turns, with medians.

  side_by_side.py mpi4py BENCH      empty tasks, against mpi4py.futures (python3-mpi4py)
  side_by_side.py start-up START_UP [RANKS]
                                    starting and ending a job, against one that only calls MPI
Both take --rounds N (default 5).
"""
import argparse
import os
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

FARM = """
import time
from mpi4py.futures import MPIPoolExecutor

def echo(task):
    return (task[0] + 1, task[1])

def square(x):
    return x * x

if __name__ == "__main__":
    tasks = [(0.0, i) for i in range(5000)]
    items = [1.0] * 500000
    with MPIPoolExecutor() as executor:
        list(executor.map(echo, tasks[:100]))
        start = time.perf_counter()
        list(executor.map(echo, tasks))
        middle = time.perf_counter()
        list(executor.map(square, items, chunksize=1000))
        end = time.perf_counter()
    print(len(tasks) / (middle - start), len(items) / (end - middle))
"""


def mpirun(ranks, *command):
    """Standard output of the job."""
    environment = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                       STARMAP_MANAGER_WORKS="off")
    call = ["mpirun", "--oversubscribe", "--bind-to", "none", "-n", str(ranks), *command]
    ran = subprocess.run(call, env=environment, text=True, stdout=subprocess.PIPE, check=False)
    if ran.returncode != 0:
        sys.exit(f"error: \"{shlex.join(call)}\" ended with {ran.returncode} (its message is above)")
    return ran.stdout


def show(what, ours, theirs, unit):
    ratios = [a / b for a, b in zip(ours, theirs)]
    print(f"{what:<30} mpi4py {statistics.median(theirs):10.4g} {unit}   "
          f"starmap {statistics.median(ours):10.4g} {unit}   "
          f"ratio {statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})")


def beside_mpi4py(bench, rounds):
    # The interpreter of the distribution, for which its packages are.
    python = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
    found = subprocess.run([python, "-c", "import mpi4py.futures"], check=False,
                           stderr=subprocess.DEVNULL)
    if found.returncode != 0:
        print("mpi4py: skipped (python3-mpi4py is not installed)")
        return
    ours, theirs = [], []
    farm = f"{tempfile.gettempdir()}/side_by_side-{os.getpid()}.py"
    with open(farm, "w", encoding="utf-8") as file:
        file.write(FARM)
    try:
        for _ in range(rounds):
            theirs.append([float(word) for word in
                           mpirun(2, python, "-m", "mpi4py.futures", farm).split()])
            said = mpirun(2, bench, "tasks", "--rounds", "1")
            ours.append([float(figure) for figure in re.findall(r"starmap +(\S+) \w+/s", said)])
    finally:
        os.remove(farm)
    for i, (what, unit) in enumerate((("empty tasks, one by one", "tasks/s"),
                                      ("empty items, map in chunks", "items/s"))):
        show(what, [each[i] for each in ours], [each[i] for each in theirs], unit)


def seconds(ranks, *command):
    start = time.perf_counter()
    mpirun(ranks, *command)
    return time.perf_counter() - start


def start_up(program, ranks, rounds):
    mpi, more = [], []
    for _ in range(rounds):
        mpi.append(seconds(ranks, program, "mpi"))
        more.append(seconds(ranks, program, "starmap") - mpi[-1])
    print(f"{ranks} ranks: a job of MPI alone takes {1e3 * statistics.median(mpi):.0f} ms, a "
          f"session {1e3 * statistics.median(more):.0f} ms more "
          f"({1e3 * min(more):.0f} to {1e3 * max(more):.0f})")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("mpi4py", "start-up"))
    parser.add_argument("program", help="bench for mpi4py, start_up for start-up")
    parser.add_argument("ranks", nargs="?", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    if given.rounds < 1 or given.ranks < 1:
        parser.error(f"--rounds {given.rounds}, ranks {given.ranks}: give at least 1 of each")
    if given.what == "mpi4py":
        beside_mpi4py(given.program, given.rounds)
    else:
        start_up(given.program, given.ranks, given.rounds)


if __name__ == "__main__":
    main()
