#!/usr/bin/env python3
"""Ctrl-C and killed ranks: all processes are gone soon after, as calling.py describes."""

import os
import pathlib
import signal
import time

from calling import Calls, Ended, main, processes_with


def parent_of(pid):
    stat = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    return int(stat.rsplit(")", 1)[1].split()[1])


def rank_of(pid):
    variables = pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    for variable in variables:
        name, _, value = variable.partition(b"=")
        if name in (b"OMPI_COMM_WORLD_RANK", b"PMIX_RANK", b"SLURM_PROCID"):
            return int(value)
    return None


class Signals(Calls):
    def start_three(self):
        process, token = self.start("case", "work_long", ranks=3)
        ranks = {rank_of(pid): pid for pid in processes_with(token)
                 if parent_of(pid) == process.pid}
        ranks.pop(None, None)
        self.assertEqual(sorted(ranks), [0, 1, 2])
        time.sleep(0.5)  # for the tasks to reach the workers
        return process, token, ranks

    def test_ctrl_c_alone(self):
        process, token = self.start("case", "work_long")
        os.kill(process.pid, signal.SIGINT)
        self.assert_all_gone(process, token)
        self.assertNotEqual(process.returncode, 0)

    def test_ctrl_c_under_the_launcher(self):
        process, token, _ = self.start_three()
        os.kill(process.pid, signal.SIGINT)
        self.assert_all_gone(process, token)
        self.assertNotEqual(process.returncode, 0)

    def test_terminated_under_the_launcher(self):
        process, token, _ = self.start_three()
        os.kill(process.pid, signal.SIGTERM)
        self.assert_all_gone(process, token)
        self.assertNotEqual(process.returncode, 0)

    def assert_stopped(self, process, token, cause):
        _, err = process.communicate(timeout=30)
        ended = Ended(process.returncode, "", err)
        self.assert_ends(ended, 75, "^stopped: .* is not finished.*" + cause)
        self.assert_all_gone(process, token)

    def test_a_warning_ends_tasks_that_ask_for_their_deadline(self):
        for ranks in (None, 1, 3):
            process, token = self.start("case", "until_deadline", "--starmap-grace=4", ranks=ranks)
            time.sleep(0.5)
            os.kill(process.pid, signal.SIGUSR1)
            self.assert_stopped(process, token, "SIGUSR1")

    def test_a_warning_ends_tasks_that_do_not(self):
        process, token = self.start("case", "work_long", "--starmap-grace=1", ranks=3)
        time.sleep(0.5)
        os.kill(process.pid, signal.SIGUSR1)
        self.assert_stopped(process, token, "SIGUSR1")

    def test_terminated_without_a_launcher(self):
        process, token = self.start("case", "until_deadline", "--starmap-grace=2")
        time.sleep(0.5)
        os.kill(process.pid, signal.SIGTERM)
        self.assert_stopped(process, token, "SIGTERM")

    def test_a_second_sigterm_ends_at_once(self):
        process, token = self.start("case", "work_long")
        os.kill(process.pid, signal.SIGTERM)
        time.sleep(2.5)
        os.kill(process.pid, signal.SIGTERM)
        self.assert_all_gone(process, token)
        self.assertEqual(process.returncode, -signal.SIGTERM)

    def test_a_deadline(self):
        for ranks in (None, 3):
            process, token = self.start("case", "until_deadline", "--starmap-deadline=+2",
                                        ranks=ranks)
            self.assert_stopped(process, token, "its time is over")

    def test_a_deadline_that_main_takes_no_notice_of(self):
        process, token = self.start("case", "until_deadline_and_main_ends_well",
                                    "--starmap-deadline=+1")
        out, err = process.communicate(timeout=30)
        self.assertEqual(out, "saved\n")
        self.assert_ends(Ended(process.returncode, out, err), 75, "not all of its work is done")
        self.assert_all_gone(process, token)

    def test_a_killed_worker(self):
        process, token, ranks = self.start_three()
        os.kill(ranks[2], signal.SIGKILL)
        self.assert_all_gone(process, token)
        self.assertNotEqual(process.returncode, 0)

    def test_a_killed_manager(self):
        process, token, ranks = self.start_three()
        os.kill(ranks[0], signal.SIGKILL)
        self.assert_all_gone(process, token)
        self.assertNotEqual(process.returncode, 0)


if __name__ == "__main__":
    main()
