"""Runs the program of casualties on a backend, and looks for what it leaves behind; for the test_*.py
of this folder, which are called with PROGRAM LAUNCHER..., where the launcher ends with its option for
the number of ranks."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM, *LAUNCHER = sys.argv[1:]
TIMEOUT = 60


class Failure:
    """A line of the program's output."""

    def __init__(self, line):
        task_no, item, self.status, code, attempt, self.text = line.split(" ", 5)
        self.task_no, self.item, self.code, self.attempt = (int(task_no), int(item), int(code),
                                                            int(attempt))


class Ended:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err
        found = re.search(r"^sum (-?\d+)$", out, re.M)
        self.sum = int(found[1]) if found else None
        self.failures = [Failure(line[len("failed "):]) for line in out.splitlines()
                         if line.startswith("failed ")]

    def __str__(self):
        return f"exit code {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


def of_this_run(token):
    """The processes that carry this word in their environment, by pid."""
    found = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if token.encode() in (folder / "environ").read_bytes():
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
        except OSError:
            continue
    return found


def gone_within(token, seconds):
    """What is left of a run after so long."""
    end = time.monotonic() + seconds
    while (left := of_this_run(token)) and time.monotonic() < end:
        time.sleep(0.05)
    return left


class Runs(unittest.TestCase):
    wrapper = ()  # a command that starts the program of each rank

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="starmap_survival_"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.token = f"CASUALTIES_RUN={self.folder.name}"

    def command(self, backend, arguments):
        """`backend`: a number of ranks, or a value of the setting distribute."""
        launcher = [*LAUNCHER, str(backend)] if isinstance(backend, int) else []
        chosen = [] if isinstance(backend, int) else [f"--starmap-distribute={backend}"]
        return [*launcher, *self.wrapper, PROGRAM, *arguments, *chosen]

    def start(self, backend, *arguments, **popen):
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith("STARMAP_")}
        name, value = self.token.split("=")
        environment |= {name: value, "STARMAP_LOG": "warning", "STARMAP_PROGRESS": "none"}
        popen = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                 "stderr": subprocess.PIPE, **popen}
        return subprocess.Popen(self.command(backend, arguments), cwd=self.folder,
                                env=environment, text=True, **popen)

    def ranks(self):
        """The processes that mpirun has started, by rank."""
        found = {}
        for pid in of_this_run(self.token):
            try:
                with open(f"/proc/{pid}/environ", "rb") as file:
                    variables = dict(pair.split(b"=", 1) for pair in file.read().split(b"\0")
                                     if b"=" in pair)
                with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
                    parent = int(stat.read().rsplit(")", 1)[1].split()[1])
                with open(f"/proc/{parent}/comm", encoding="ascii") as name:
                    of_launcher = name.read().strip() in ("mpirun", "mpiexec", "orterun")
                if b"OMPI_COMM_WORLD_RANK" in variables and of_launcher:
                    found[int(variables[b"OMPI_COMM_WORLD_RANK"])] = pid
            except (OSError, ValueError):
                continue
        return found

    def files(self):
        """What Open MPI has for this job: what its ranks have mapped of /dev/shm, with or without a
        name still, and the folder of its launcher."""
        found = set()
        for pid in self.ranks().values():
            try:
                with open(f"/proc/{pid}/maps", encoding="ascii") as maps:
                    found |= {"/dev/shm/" + line.split("/dev/shm/")[1].split()[0]
                              for line in maps if "/dev/shm/vader_segment." in line}
                with open(f"/proc/{pid}/environ", encoding="utf-8") as file:
                    found |= {variable.partition("=")[2] for variable in file.read().split("\0")
                              if variable.startswith("OMPI_MCA_orte_jobfam_session_dir=")}
            except OSError:
                continue
        return found

    def run_on(self, backend, *arguments):
        process = self.start(backend, *arguments)
        try:
            out, err = process.communicate(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            self.fail(f"{process.args} hangs: {process.communicate()}")
        ended = Ended(process.returncode, out, err)
        self.assertEqual(gone_within(self.token, 5), {}, f"left behind by {process.args}")
        return ended
