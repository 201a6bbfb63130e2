#!/usr/bin/env python3
"""How a farm ends and goes on: failures, what was done before, signals, deadlines, wrong input."""

import os
import signal
import subprocess
import time

from farming import RANKS, Farms, main, processes_of


class Failures(Farms):
    def test_what_fails_is_told_and_listed_ready_to_run(self):
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                self.write("list", "true", "sh -c 'echo the reason >&2; exit 7'  #STARMAP weight=2",
                           "sh -c 'kill -TERM $$'", "true")
                ended = self.farm("list", "--fresh", ranks=ranks)
                self.assert_ends(ended, 3)
                self.assert_logged(ended, "task 2 .*rank .*line 2: exit code 7$")
                self.assertEqual(ended.err.count("the reason"), 1, str(ended))  # it was printed
                self.assert_logged(ended, "4 commands: 2 succeeded, 2 failed")
                listed = self.lines("failed.txt")
                self.assertIn("list", listed[0])
                self.assertEqual(sorted(listed[1:]),
                                 sorted(["#STARMAP weight=2", "sh -c 'echo the reason >&2; exit 7'",
                                         "sh -c 'kill -TERM $$'"]))
                self.assert_ends(self.farm("failed.txt", "--journal=none", ranks=ranks), 3)
                self.assertEqual(self.lines("failed.txt"), listed)

    def test_last_words_are_in_the_record_and_in_the_log_unless_they_are_printed(self):
        self.write("list", "sh -c 'echo the reason >&2; exit 7'")
        for output in ("print", "files", "none"):
            with self.subTest(output=output):
                ended = self.farm("list", "--fresh", f"--output={output}",
                                  f"--record={output}.h5")
                self.assert_ends(ended, 3)
                self.assertEqual(ended.err.count("the reason"), 1, str(ended))
                self.assertEqual("its last words:" in ended.err, output != "print", str(ended))
                told = self.call("starmap", "info", "--failed", f"{output}.h5")
                self.assertIn("the reason", told.out)

    def test_a_row_of_a_template_is_called_one(self):
        for ranks in (None, 3):
            with self.subTest(ranks=ranks):
                ended = self.farm("--range", "i=1..2", "--fresh", "--", "test", "{i}", "=", "1",
                                  ranks=ranks)
                self.assert_ends(ended, 3)
                self.assert_logged(ended, "row 2: exit code 1$")

    def test_a_second_run_runs_what_is_new_and_what_failed_if_asked(self):
        self.write("list", "sh -c 'echo a >> ran'", "sh -c 'echo b >> ran; test -e go'")
        self.assert_ends(self.farm("list", ranks=3), 3)
        again = self.farm("list")
        self.assert_ends(again, 3)
        self.assert_logged(again, r"2 of 2 commands were done before \(1 failed; --retry-failed")
        self.assertEqual(sorted(self.lines("ran")), ["a", "b"])
        # Lines that are gone are forgotten, new ones run, and their place does not matter.
        self.write("list", "sh -c 'echo c >> ran'", "sh -c 'echo b >> ran; test -e go'")
        again = self.farm("list", ranks=3)
        self.assert_ends(again, 3)
        self.assertEqual(sorted(self.lines("ran")), ["a", "b", "c"])
        self.assertIn("sh -c 'echo b >> ran; test -e go'", self.lines("failed.txt"))
        (self.folder / "go").touch()
        self.assert_ends(self.farm("list", "--retry-failed"), 0)
        self.assertEqual(sorted(self.lines("ran")), ["a", "b", "b", "c"])
        self.assertEqual(self.lines("failed.txt"), [])
        again = self.farm("list", ranks=3)
        self.assert_ends(again, 0)
        self.assert_logged(again, "nothing left to run")
        self.assert_ends(self.farm("list", "--fresh"), 0)
        self.assertEqual(sorted(self.lines("ran")), ["a", "b", "b", "b", "c", "c"])

    def test_the_same_line_twice_runs_twice(self):
        self.write("list", "sh -c 'echo x >> ran'", "sh -c 'echo x >> ran'")
        self.assert_ends(self.farm("list"), 0)
        self.write("list", *["sh -c 'echo x >> ran'"] * 3)
        self.assert_ends(self.farm("list"), 0)
        self.assertEqual(len(self.lines("ran")), 3)

    def test_retries(self):
        self.script("third", "echo x >> ran", "test $(wc -l < ran) -ge 3")
        self.write("list", "./third")
        ended = self.farm("list", "--retries=2", ranks=3)
        self.assert_ends(ended, 0)
        self.assertEqual(len(self.lines("ran")), 3)
        self.assertFalse((self.folder / "failed.txt").exists())

    def test_a_worker_that_dies_is_a_failure_of_its_command(self):
        self.write("list", "sh -c 'kill -9 $PPID; sleep 1'", "true", "true")
        ended = self.farm("list", ranks=3)
        self.assert_ends(ended, 3)
        self.assert_logged(ended, "3 commands: 2 succeeded, 1 failed")
        self.assertIn("sh -c 'kill -9 $PPID; sleep 1'", self.lines("failed.txt"))


class Stopping(Farms):
    def test_a_deadline_and_on(self):
        for ranks in (None, 3):
            with self.subTest(ranks=ranks):
                name = f"list-{ranks}"
                self.write(name, *(f"sh -c 'sleep 0.2; echo {i} >> ran-{ranks}'" for i in range(120)))
                ended = self.farm(name, "--starmap-deadline=+6", "--grace=0.1", ranks=ranks)
                self.assert_ends(ended, 75)
                self.assert_logged(ended, "the same command again runs what is left")
                done = self.lines(f"ran-{ranks}")
                self.assertGreater(len(done), 0)
                self.assertLess(len(done), 120)
                self.assert_ends(self.farm(name, ranks=ranks), 0)
                self.assertEqual(sorted(map(int, self.lines(f"ran-{ranks}"))), list(range(120)))

    def test_a_warning_by_signal(self):
        self.write("list", *(f"sh -c 'sleep 0.1; echo {i} >> ran'" for i in range(60)))
        process, _ = self.start_farm("list")
        self.wait_for(lambda: len(self.lines("ran")) > 3)
        process.send_signal(signal.SIGUSR1)
        ended = self.finish(process)
        self.assert_ends(ended, 75)
        self.assert_ends(self.farm("list"), 0)
        self.assertEqual(sorted(map(int, self.lines("ran"))), list(range(60)))

    def test_a_signal_to_all_processes_is_no_failure(self):
        # As a batch system ends a job: commands die of it before rank 0 has said a word.
        self.write("list", *(f"sh -c 'sleep 0.3; echo {i} >> ran'" for i in range(20)))
        process, token = self.start_farm("list")
        self.wait_for(lambda: len(self.lines("ran")) > 1)
        for pid in sorted(processes_of(token), reverse=True):
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                pass
        ended = self.finish(process)
        self.assert_ends(ended, 75)
        self.assertLess(len(self.lines("ran")), 20)
        self.assertEqual(self.lines("failed.txt"), [])
        self.assert_ends(self.farm("list"), 0)
        self.assertEqual(sorted(map(int, self.lines("ran"))), list(range(20)))

    def test_control_c(self):
        for ranks in (None, 3):
            name = f"list-{ranks}"
            self.write(name, *(f"sh -c 'sleep 0.1; echo {i} >> ran-{ranks}'" for i in range(60)))
            process, token = self.start_farm(name, ranks=ranks)
            self.wait_for(lambda: len(self.lines(f"ran-{ranks}")) > 3)
            os.killpg(process.pid, signal.SIGINT)
            ended = self.finish(process)
            self.assertNotEqual(ended.code, 0, str(ended))
            self.assertLess(len(self.lines(f"ran-{ranks}")), 60)
            self.assert_nothing_left(token)
            self.assert_ends(self.farm(name, ranks=ranks), 0)
            self.assertEqual(set(map(int, self.lines(f"ran-{ranks}"))), set(range(60)))

    def assert_nothing_left(self, token):
        self.wait_for(lambda: not processes_of(token), within=15)

    def test_nobody_reads_the_output(self):
        self.write("list", *(f"sh -c 'sleep 0.05; echo {i}; echo {i} >> ran'" for i in range(100)))
        process, token = self.start_farm("list")
        self.assertTrue(process.stdout.readline())
        process.stdout.close()
        err = process.stderr.read()
        code = process.wait(timeout=60)
        self.assertEqual(code, 1, err)
        self.assertIn("Cannot write the output of commands", err)
        self.assert_nothing_left(token)
        done = self.lines("ran")
        self.assertLess(len(done), 100)
        again = self.farm("list")
        self.assert_ends(again, 0)
        self.assertEqual(sorted(map(int, self.lines("ran"))), list(range(100)))

    def test_a_second_farm_is_kept_from_the_journal(self):
        self.write("list", "sleep 5")
        process, _ = self.start_farm("list")
        self.wait_for(lambda: (self.folder / "list.journal/lock").exists())
        time.sleep(0.5)
        self.assert_ends(self.farm("list"), 2, "journal", "is in use")
        self.assertIsNone(process.poll())


class WrongInput(Farms):
    def refused(self, code, *parts, arguments=("list",), env=None):
        for ranks in (None, 3):
            with self.subTest(parts=parts, ranks=ranks):
                ended = self.farm(*arguments, ranks=ranks, env=env)
                self.assert_ends(ended, code, *parts)

    def test_a_list_that_is_not_there(self):
        self.refused(1, "list", "No such file")
        self.assertFalse((self.folder / "list.journal").exists())

    def test_a_list_that_is_a_folder(self):
        (self.folder / "list").mkdir()
        self.refused(1, "list", "directory")

    def test_a_binary_file(self):
        (self.folder / "list").write_bytes(b"echo\0a\n\x7fELF\0\0")
        self.refused(2, "list:1", "NUL")

    def test_a_line_that_is_too_long(self):
        self.write("list", "true", "echo " + "x" * (2 << 20))
        self.refused(2, "list:2")

    def test_a_bad_directive(self):
        self.write("list", "true", "true #STARMAP weigth=3")
        self.refused(2, "list:2", "weigth", "weight")

    def test_nothing_at_all(self):
        self.refused(2, "no commands", arguments=())

    def test_wrong_arguments(self):
        self.write("list", "true")
        for arguments in (["list", "--output=nowhere"], ["list", "--timeout=soon"],
                          ["list", "--mem=much"], ["list", "--retries=1000"], ["list", "--nonsense"],
                          ["list", "--range", "i=1..2"], ["list", "--", "echo"], ["--range", "i=1..2", "--"],
                          ["list", "--starmap-nonsense=1"], ["list", "--starmap-checkpoint=x"]):
            for ranks in (None, 3):
                with self.subTest(arguments=arguments, ranks=ranks):
                    ended = self.farm(*arguments, ranks=ranks)
                    self.assert_ends(ended, 2)
                    self.assertLessEqual(len(ended.err.splitlines()), 4, str(ended))

    def test_a_folder_that_cannot_be_written(self):
        self.write("list", "true")
        self.write("file", "")
        self.refused(1, "file/logs", arguments=("list", "--output=files", "--logs=file/logs"))
        self.refused(2, "file", "no folder", arguments=("list", "--journal=file"))
        self.refused(1, "file/j", arguments=("list", "--journal=file/j"))
        self.refused(1, "file/a.db", arguments=("list", "--output=archive", "--archive=file/a.db"))

    def test_programs_that_cannot_run(self):
        self.write("plain", "text")
        self.write("list", "./not-there", "./plain", "no-such-program-anywhere", "true")
        ended = self.farm("list", ranks=3)
        self.assert_ends(ended, 3)
        self.assert_logged(ended, "4 commands: 1 succeeded, 3 failed")
        self.assert_logged(ended, "not-there", "[Nn]o such file|not found|no such program")
        self.assert_logged(ended, "plain", "[Pp]ermission|execut")

    def test_a_command_that_reads_its_input_gets_none(self):
        self.write("list", "cat", "sh -c 'read x; echo $?'")
        ended = self.farm("list", ranks=3, timeout=20)
        self.assert_ends(ended, 0)
        self.assertEqual(ended.out, "1\n")

    def test_a_command_that_leaves_a_process_behind(self):
        self.write("list", "sh -c 'sleep 300 & echo started'")
        started = time.monotonic()
        ended = self.farm("list", ranks=3, timeout=50)
        self.assertLess(time.monotonic() - started, 45)
        self.assertEqual(ended.out, "started\n", str(ended))

    def test_help(self):
        for ranks in (None, 3):
            ended = self.farm("--help", ranks=ranks)
            self.assert_ends(ended, 0)
            self.assertEqual(ended.out.count("--halt-after"), 1, str(ended))


if __name__ == "__main__":
    main()
