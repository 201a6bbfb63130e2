"""However a job ends, nothing of it stays: processes are looked for by their environment."""

import fcntl
import os
import pathlib
import pty
import shutil
import signal
import socket
import subprocess
import termios
import time
import unittest

import h5py

from running import Runs, gone_within, of_this_run

LONG = ("none", "map", "--items", "4000", "--seconds", "0.01")


class Ends(Runs):
    def begin(self, backend, least, *more, **popen):
        """A job that has begun to work, in its own session, as a terminal would start it."""
        (self.folder / "task_info.h5").unlink(missing_ok=True)
        before = set(os.listdir("/dev/shm"))
        process = self.start(backend, *LONG, *more, start_new_session=True, **popen)
        end = time.monotonic() + 20
        # The record is there from the moment on in which all have met.
        record = self.folder / "task_info.h5"
        while ((len(of_this_run(self.token)) < least or not record.exists())
               and time.monotonic() < end):
            time.sleep(0.02)
        time.sleep(1.2)  # the record is written once a second
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        self.open_mpi = self.files()
        return process, before

    def check_gone(self, before, seconds=5):
        self.assertEqual(gone_within(self.token, seconds), {})
        self.assertEqual({path for path in self.open_mpi if os.path.exists(path)}, set())
        left = {name for name in set(os.listdir("/dev/shm")) - before if "starmap" in name}
        self.assertEqual(left, set())
        # What was recorded is readable, whoever was killed.
        with h5py.File(self.folder / "task_info.h5", "r", swmr=True) as file:
            self.assertEqual(len(file["starmaps"]), 1)
            rows = file["task_info"][:]
        self.assertTrue((rows["items"] > 0).all())

    def test_rank_0_of_processes_killed(self):
        process, before = self.begin("processes", 4)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        self.check_gone(before)

    def test_interrupt_to_the_group_of_processes(self):
        process, before = self.begin("processes", 4)
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=15)
        self.check_gone(before)

    def test_a_rank_killed(self):
        for rank in (0, 1):
            with self.subTest(rank=rank):
                process, before = self.begin(3, 8)
                os.kill(self.ranks()[rank], signal.SIGKILL)
                _, err = process.communicate(timeout=30)
                self.assertNotEqual(process.returncode, 0)
                self.check_gone(before)
        self.assertRegex(err, f"Rank 1 on {socket.gethostname()} is lost.*--enable-recovery")

    def test_mpirun_killed(self):
        """Open MPI itself would leave its files, as nobody is there who removes them."""
        for more in ((), ("--starmap-isolate=off",)):
            with self.subTest(more=more):
                process, before = self.begin(3, 8 if not more else 4, *more)
                # The folder of mpirun, and three files if it is Open MPI 4 that carries messages.
                self.assertIn(len(self.open_mpi), (0, 1, 4))
                process.kill()
                process.wait()
                self.check_gone(before)

    def test_all_killed_at_once(self):
        """Even who was to remove files: nothing in shared memory has a name that needs it."""
        process, before = self.begin(3, 8)
        folders = {path for path in self.open_mpi if not path.startswith("/dev/shm/")}
        for pid in of_this_run(self.token):
            os.kill(pid, signal.SIGSTOP)  # so that none sees another's end
        for pid in of_this_run(self.token):
            os.kill(pid, signal.SIGKILL)
        process.wait()
        self.open_mpi -= folders
        self.check_gone(before)
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)

    def test_a_rank_and_its_launcher_killed_at_once(self):
        for rank in (0, 1):
            with self.subTest(rank=rank):
                process, before = self.begin(3, 8)
                os.kill(self.ranks()[rank], signal.SIGKILL)
                process.kill()
                process.wait()
                self.check_gone(before)

    @unittest.skipIf(subprocess.run(["unshare", "--uts", "true"], check=False,
                                    stderr=subprocess.DEVNULL).returncode,
                     "this user may not make what looks like another node")
    def test_a_rank_of_another_node_killed(self):
        """Rank 0 does not see it; the first two of that node, ranks 3 and 4, see one another."""
        self.wrapper = (str(pathlib.Path(__file__).parents[2] / "mpi" / "two_nodes.sh"),)
        for rank in (4, 3):
            with self.subTest(rank=rank):
                process, before = self.begin(5, 14)
                os.kill(self.ranks()[rank], signal.SIGKILL)
                _, err = process.communicate(timeout=30)
                self.assertNotEqual(process.returncode, 0)
                self.assertRegex(err, f"Rank {rank} on other-node is lost.*--enable-recovery")
                self.check_gone(before)

    def test_interrupt_to_mpirun(self):
        process, before = self.begin(3, 8)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        self.check_gone(before)

    def test_terminal_closed(self):
        """The kernel then sends SIGHUP to the session's leader and its foreground group."""
        for backend, least in (("processes", 4), (3, 8)):
            with self.subTest(backend=backend):
                master, terminal = pty.openpty()
                process, before = self.begin(
                    backend, least, stdin=terminal, stdout=terminal, stderr=terminal,
                    preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
                os.close(terminal)
                os.close(master)
                process.wait(timeout=30)
                self.check_gone(before)

    def test_a_zygote_killed(self):
        """Its workers die with it, and no others can be had: the job ends, and says so."""
        process, before = self.begin("processes", 4)
        children = [pid for pid in of_this_run(self.token) if self.parent(pid) == process.pid]
        self.assertEqual(len(children), 1)
        os.kill(children[0], signal.SIGKILL)
        _, err = process.communicate(timeout=30)
        self.assertNotEqual(process.returncode, 0)
        self.assertIn("zygote is gone", err)
        self.check_gone(before)

    def test_the_zygote_of_a_rank_killed(self):
        process, before = self.begin(3, 8)
        rank = self.ranks()[1]
        children = [pid for pid in of_this_run(self.token) if self.parent(pid) == rank]
        self.assertEqual(len(children), 1)
        os.kill(children[0], signal.SIGKILL)
        _, err = process.communicate(timeout=30)
        self.assertNotEqual(process.returncode, 0)
        self.assertIn("zygote is gone", err)
        self.check_gone(before)

    @staticmethod
    def parent(pid):
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return int(stat.read().rsplit(")", 1)[1].split()[1])

    def test_a_rank_stopped_for_a_while_goes_on(self):
        process = self.start(3, "none", "map", "--items", "400", "--seconds", "0.005")
        time.sleep(1)
        pid = self.ranks().get(1)
        if pid is not None:
            os.kill(pid, signal.SIGSTOP)
            time.sleep(1)
            os.kill(pid, signal.SIGCONT)
        out, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)
        self.assertIn(f"sum {sum(range(400))}", out)


if __name__ == "__main__":
    unittest.main(argv=["test_ends"])
