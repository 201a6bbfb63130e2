"""What the tests of Slurm have in common: a job is submitted with one of the scripts of slurm/, from a
folder of its own; all tests run at once, as most of their time is spent waiting for Slurm."""

import concurrent.futures
import contextlib
import os
import pathlib
import re
import sqlite3
import struct
import subprocess
import sys
import threading
import time
import unittest

import h5py

ROOT, PROGRAM, CASE, STARMAP = (pathlib.Path(word).resolve() for word in sys.argv[1:5])
PATIENCE = 240  # seconds that a job may take for what takes some 10
ENDED = ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "PREEMPTED", "BOOT_FAIL",
         "DEADLINE", "OUT_OF_MEMORY")
RESULT = 3  # kind of an entry of a checkpoint


class Job:
    """A job of Slurm, or an element of an array: its number and the folder it was submitted from."""

    def __init__(self, cluster, number, folder, name=""):
        self.cluster, self.number, self.folder = cluster, number, folder
        self.notes = folder / f"notes of {name}"
        self.gate = folder / f"gate of {name}"

    def state(self):
        return self.cluster.jobs().get(self.number, "UNKNOWN")

    def restarts(self):
        return int(self.cluster.details(self.number).get("Restarts", 0))

    def text(self, suffix):
        """What it has printed: `out` or `err`."""
        path = self.folder / f"starmap-{self.number}.{suffix}"
        return path.read_text(errors="replace") if path.exists() else ""

    def noted(self):
        """The items whose tasks have run, as often as they have."""
        return [int(line) for line in self.notes.read_text().split()] if self.notes.exists() else []

    def open_gate(self):
        (self.gate / "open").touch()

    def record(self):
        return self.folder / f"task_info-{self.number}.h5"

    def checkpoint(self):
        return self.folder / f"checkpoint-{self.number}"

    def __str__(self):
        details = self.cluster.details(self.number)
        shown = {name: details.get(name) for name in ("JobState", "Reason", "ExitCode", "Restarts")}
        return (f"job {self.number}: {shown}\n--- out\n{self.text('out')}\n"
                f"--- err\n{self.text('err')}\n---")


class Scenario(unittest.TestCase):
    cluster = None
    expected = None

    def setUp(self):
        # As awkward as a folder can be.
        name = self.id().rpartition(".")[2].removeprefix("test_")
        self.folder = self.cluster.folder / "jobs" / f"it's \"{name}\" $HOME"
        self.folder.mkdir(parents=True)

    def submit(self, script, *words, options=(), name="", **environment):
        """`words`: the program and its arguments."""
        done = self.cluster.call("sbatch", "--parsable", *options, str(ROOT / "slurm" / script), *words,
                                 env=environment, cwd=self.folder)
        return Job(self.cluster, done.stdout.strip(), self.folder, name)

    def submit_resumed(self, script, *options, name="it", **environment):
        """The job of three stages, whose tasks wait at a gate until open() is called."""
        gate = self.folder / f"gate of {name}"
        gate.mkdir(exist_ok=True)
        return self.submit(script, str(PROGRAM), f"notes of {name}", options=options, name=name,
                           RESUMED_GATE=str(gate), **environment)

    def wait_until(self, condition, job):
        give_up = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > give_up:
                self.fail(f"waited in vain, {job}")
            time.sleep(0.2)

    def wait_until_running(self, job):
        self.wait_until(lambda: job.state() != "PENDING", job)

    def wait_until_hosts_wait(self, job, hosts):
        """Until a task on each of them waits at the gate: then all before it have ended."""
        waiting = job.gate / "waiting"
        self.wait_until(lambda: waiting.exists() and set(waiting.read_text().split()) >= set(hosts), job)

    def wait_until_journaled(self, job):
        """Until tasks wait at the gate and results are on disk, and gives their items."""
        self.wait_until(lambda: (job.gate / "waiting").exists() and self.journaled(job.checkpoint()), job)
        return self.journaled(job.checkpoint())

    def wait_until_restarted(self, job, restarts=1):
        self.wait_until(lambda: job.restarts() >= restarts and job.state() == "RUNNING", job)

    def assert_resumes(self, job, journaled):
        """It ends with the answer, and no task ran again whose result had been kept."""
        before = len(job.noted())
        job.open_gate()
        self.assert_ends(job, "COMPLETED", 0)
        self.assert_answer(job)
        again = job.noted()[before:]
        self.assertTrue(journaled, str(job))
        self.assertEqual(journaled & set(again), set(), str(job))
        self.assertEqual(len(again), len(set(again)), str(job))

    def assert_ends(self, job, state, code=None):
        self.wait_until(lambda: job.state() in ENDED, job)
        self.assertEqual(job.state(), state, str(job))
        if code is not None:
            self.assertEqual(self.cluster.details(job.number)["ExitCode"], f"{code}:0", str(job))

    def assert_answer(self, job):
        """The last line of the output has all results of the job, and a sum by its bits."""
        self.assertEqual(job.text("out").splitlines()[-1:], [self.expected], str(job))

    def journaled(self, checkpoint):
        """Items whose results the checkpoint has."""
        if not checkpoint.exists():
            return set()
        items = set()
        copy = self.folder / "copy"
        for suffix in ("", "-wal"):
            copied = pathlib.Path(f"{copy}{suffix}")
            copied.unlink(missing_ok=True)
            with contextlib.suppress(FileNotFoundError):
                copied.write_bytes(pathlib.Path(f"{checkpoint}{suffix}").read_bytes())
        with contextlib.closing(sqlite3.connect(copy)) as database:
            with contextlib.suppress(sqlite3.Error):  # not yet made, or copied while it was written
                for (data,) in database.execute("SELECT data FROM entry WHERE kind = ?", (RESULT,)):
                    if len(data) > 8:  # else it is a number of the third stage
                        found = struct.unpack(f"<{len(data) // 8}q", data)
                        items.update(found[1:])
        return items

    def hosts_of(self, job):
        """Hosts that have run a task, by the record."""
        with h5py.File(job.record()) as record:
            self.assertEqual(record.attrs["complete"], 1)
            self.assertEqual(record.attrs["slurm_job_id"].decode(), job.number)
            workers = record["workers"][:]
            rows = record["task_info"][:]
            host_of = {row["worker"]: row["hostname"].decode() for row in workers}
            self.assertTrue((rows["status"] == 0).all())
            return {host_of[worker] for worker in rows["worker"]}

    def processes(self):
        """Those of the jobs of this test, on all nodes."""
        found = []
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if (folder / "cwd").readlink() == self.folder and int(folder.name) != os.getpid():
                    found.append((folder / "cmdline").read_bytes().replace(b"\0", b" "))
        return found

    def wait_until_gone(self, job):
        self.wait_until(lambda: not self.processes(), job)


class Runner:
    """Runs tests at once, and says how each has ended."""

    def __init__(self):
        self.pool = concurrent.futures.ThreadPoolExecutor(64)
        self.said = threading.Lock()
        self.pattern = re.compile(sys.argv[5] if len(sys.argv) > 5 else "")

    def start(self, *cases):
        found = [test for case in cases for test in unittest.defaultTestLoader.loadTestsFromTestCase(case)]
        return [self.pool.submit(self.run, test) for test in found if self.pattern.search(test.id())]

    def run(self, test):
        began = time.monotonic()
        result = unittest.TestResult()
        test.run(result)
        with self.said:
            name = test.id().rpartition(".")[2]
            print(f"{'ok' if result.wasSuccessful() else 'FAILED'}: {name} "
                  f"({time.monotonic() - began:.0f} s)", flush=True)
            for _, text in [*result.failures, *result.errors, *result.skipped]:
                print(text, flush=True)
        return result.wasSuccessful()


def expected_line():
    """What `resumed` prints without Slurm."""
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("STARMAP_", "SLURM_"))}
    done = subprocess.run([PROGRAM, "/dev/null", "--starmap-distribute=no", "--starmap-task-info=none"],
                          env=environment, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]
