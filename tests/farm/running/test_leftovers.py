"""Whatever ends while commands run - the process that runs a command, a rank, mpirun, a terminal's
user - nothing of the commands stays, not what has left their session either. Called with PROGRAM
MPI_PROGRAM LAUNCHER..., where the launcher ends with its option for the number of ranks."""

import itertools
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM, MPI_PROGRAM, *LAUNCHER = sys.argv[1:]
NUMBERS = itertools.count(10_000_000 + os.getpid() * 100)


def processes(word):
    """Those that have this among their arguments, by pid."""
    found = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            arguments = (folder / "cmdline").read_bytes().split(b"\0")
            if word.encode() in arguments:
                found[int(folder.name)] = arguments
        except OSError:
            continue
    return found


def parent(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        return int(stat.read().rsplit(")", 1)[1].split()[1])


def name(pid):
    return pathlib.Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()


class Leftovers(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="starmap_farm_"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.word = str(next(NUMBERS))  # of seconds: nobody else sleeps so long

    def start(self, backend, *lines, options=("--shell",), settings=()):
        launcher = [*LAUNCHER, str(backend)] if isinstance(backend, int) else []
        chosen = [] if isinstance(backend, int) else [f"--starmap-distribute={backend}"]
        environment = {key: value for key, value in os.environ.items()
                       if not key.startswith("STARMAP_")}
        environment |= {"STARMAP_LOG": "warning", "STARMAP_PROGRESS": "none"}
        process = subprocess.Popen(
            [*launcher, PROGRAM, *options, *lines, *chosen, *settings], cwd=self.folder,
            env=environment, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def begin(self, backend, **more):
        """A job with commands that have left their session, and would go on for ever; and the
        processes that sleep, by pid."""
        word = self.word
        line = f"setsid sleep {word} & setsid sh -c 'sleep {word}; true' & exec sleep {word}"
        process = self.start(backend, *[line] * 4, **more)
        end = time.monotonic() + 30
        least = 2 * 3  # two commands at least
        while time.monotonic() < end:
            sleeping = [pid for pid in processes(word) if name(pid) == "sleep"]
            if len(sleeping) >= least:
                return process, sleeping
            time.sleep(0.02)
        self.fail(f"commands do not begin: {process.poll()} {processes(word)}")

    def check_gone(self, seconds=5):
        end = time.monotonic() + seconds
        while (left := processes(self.word)) and time.monotonic() < end:
            time.sleep(0.02)
        self.assertEqual(left, {})

    def executor(self, sleeping):
        """The process that runs a command: the parent of its leader."""
        for pid in sleeping:
            try:
                if name(parent(pid)) == pathlib.Path(PROGRAM).name[:15]:
                    return parent(pid)
            except OSError:
                continue
        self.fail("no executor")

    def test_the_process_that_runs_a_command_is_killed(self):
        """The others go on; of its own command nothing does."""
        process, sleeping = self.begin("processes", settings=("--starmap-workers=2",))
        executor = self.executor(sleeping)
        own = [pid for pid in sleeping if self.descends(pid, executor)]
        self.assertGreaterEqual(len(own), 3)
        os.kill(executor, signal.SIGKILL)
        end = time.monotonic() + 5
        while any(os.path.exists(f"/proc/{pid}") for pid in own) and time.monotonic() < end:
            time.sleep(0.02)
        self.assertEqual([pid for pid in own if os.path.exists(f"/proc/{pid}")], [])
        self.assertIsNone(process.poll())
        process.kill()
        self.check_gone()

    @staticmethod
    def descends(pid, ancestor):
        while pid > 1:
            pid = parent(pid)
            if pid == ancestor:
                return True
        return False

    def test_rank_0_is_killed(self):
        process, _ = self.begin("processes", settings=("--starmap-workers=2",))
        process.kill()
        process.wait()
        self.check_gone()

    def test_interrupt_without_a_launcher(self):
        process, _ = self.begin("processes", settings=("--starmap-workers=2",))
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=20)
        self.check_gone()

    def ranks(self, process):
        found = {}
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                pid = int(folder.name)
                if parent(pid) != process.pid:
                    continue
                match = re.search(rb"OMPI_COMM_WORLD_RANK=(\d+)\0",
                                  (folder / "environ").read_bytes())
                if match:
                    found[int(match[1])] = pid
            except OSError:
                continue
        return found

    def test_a_rank_is_killed(self):
        for rank in (1, 0):
            with self.subTest(rank=rank):
                self.word = str(next(NUMBERS))
                process, _ = self.begin(3)
                os.kill(self.ranks(process)[rank], signal.SIGKILL)
                process.wait(timeout=30)
                self.check_gone()

    def test_mpirun_is_killed(self):
        process, _ = self.begin(3)
        process.kill()
        process.wait()
        self.check_gone()

    def test_interrupt_to_mpirun(self):
        process, _ = self.begin(3)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        self.check_gone()

    def test_terminate_mpirun(self):
        process, _ = self.begin(3)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        self.check_gone()

    def test_a_lost_rank_is_survived(self):
        """The commands of the lost rank end, and run again elsewhere."""
        LAUNCHER.insert(1, "--enable-recovery")
        self.addCleanup(LAUNCHER.pop, 1)
        word = self.word
        line = f"setsid sleep {word} & echo $$ >> begun; until [ -e go ]; do sleep 0.1; done; echo done"
        process = self.start(3, *[line] * 2)
        end = time.monotonic() + 30
        while len(processes(word)) < 2 and time.monotonic() < end:
            time.sleep(0.02)
        ranks = self.ranks(process)
        own = [pid for pid in processes(word) if self.descends(pid, ranks[1])]
        os.kill(ranks[1], signal.SIGKILL)
        end = time.monotonic() + 5
        while any(os.path.exists(f"/proc/{pid}") for pid in own) and time.monotonic() < end:
            time.sleep(0.02)
        self.assertEqual([pid for pid in own if os.path.exists(f"/proc/{pid}")], [])
        (self.folder / "go").touch()
        out, err = process.communicate(timeout=60)
        self.assertEqual(out.count("done\n"), 2, out + err)
        self.check_gone()

    def test_left_behind_is_ended_and_counted(self):
        for backend in (3, "processes", "threads"):
            with self.subTest(backend=backend):
                self.word = str(next(NUMBERS))
                process = self.start(
                    backend, *[f"setsid sleep {self.word} & sleep 0.2; echo out"] * 4)
                out, err = process.communicate(timeout=60)
                self.assertEqual(process.returncode, 0, err)
                self.assertEqual(len(re.findall(r"^ended \d+ ok 0 1 1 $", out, re.M)), 4, out)
                self.check_gone()

    def test_a_failed_command_is_tried_again(self):
        once = "[ -e ran ] || { touch ran; echo no >&2; exit 3; }"
        process = self.start("processes", once, options=("--shell", "--retries", "1"))
        out, err = process.communicate(timeout=60)
        self.assertRegex(out, r"(?m)^ended 1 ok 0 2 0 $", err)
        process = self.start("processes", "echo why >&2; exit 3",
                             options=("--shell", "--retries", "2", "--journal", "ends"))
        out, err = process.communicate(timeout=60)
        self.assertRegex(out, r"(?m)^ended 1 failed 3 3 0 exit code 3$", err)
        # Noted when it has failed for good, and not before.
        self.assertEqual((self.folder / "ends").read_text(encoding="utf-8"), "20 failed 3\n")

    def test_commands_are_no_ranks(self):
        process = self.start(3, "env", options=())
        out, _ = process.communicate(timeout=60)
        self.assertNotRegex(out, r"(?m)^(PMIX_|PMI_|OMPI_COMM_WORLD|OMPI_MCA_(ess|pmix|orte_l))")
        self.assertRegex(out, r"(?m)^STARMAP_LOCAL_WORKER=[012]$")

    def test_a_command_may_be_an_mpi_program(self):
        """Alone, and under an mpirun of its own."""
        inner = " ".join(LAUNCHER)
        process = self.start(2, MPI_PROGRAM, f"{inner} 2 {MPI_PROGRAM}", f"{inner} 2 hostname",
                             options=())
        out, err = process.communicate(timeout=100)
        self.assertEqual(len(re.findall(r"^ended \d ok 0 1 \d+ $", out, re.M)), 3, out + err)
        for line in ("hello of 0 of 1", "hello of 0 of 2", "hello of 1 of 2"):
            self.assertEqual(len(re.findall(f"^{line}$", out, re.M)), 1, out)


if __name__ == "__main__":
    unittest.main(argv=["test_leftovers"])
