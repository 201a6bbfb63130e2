#!/usr/bin/env python3
"""What goes wrong inside a program: the exit code and one sentence, as calling.py describes."""

import time

from calling import LAUNCHER, PROGRAMS, Calls, main


class Failures(Calls):
    def each_way(self, *arguments, ranks=(None, 1, 2, 3), **options):
        for count in ranks:
            with self.subTest(ranks=count):
                yield self.call("case", *arguments, ranks=count, **options)

    def test_in_a_task(self):
        for ended in self.each_way("task_throws"):
            self.assert_ends(ended, 1, "error", "CaseError", "seven is refused", "task 8 ",
                             "sevens", r"rank \d", r"\([^)]+\)")
            self.assertEqual(ended.err.count("seven is refused"), 1, ended)

    def test_caught_by_main(self):
        for ended in self.each_way("task_throws_and_main_goes_on", ranks=(None, 3)):
            self.assert_ends(ended, 0)
            self.assertEqual(ended.out, "answer 5050\n")

    def test_in_main(self):
        for ended in self.each_way("main_throws"):
            self.assert_ends(ended, 1, "error", "CaseError", "main gives up")

    def test_in_main_and_no_exception_class(self):
        for ended in self.each_way("main_throws_a_number", ranks=(None, 2)):
            self.assert_ends(ended, 1, "error", "main")

    def test_exit_code_of_main(self):
        for ended in self.each_way("return_seven"):
            self.assert_ends(ended, 7)
            self.assertEqual(ended.out, "answer 5050\n")

    def test_bad_weights(self):
        for name, shown in (("negative_weight", "-2.5"), ("nan_weight", "nan")):
            for ended in self.each_way(name, ranks=(None, 2)):
                self.assert_ends(ended, 1, "error", "UsageError", "7", shown)

    def test_in_main_while_all_work(self):
        begin = time.monotonic()
        ended = self.call("case", "main_throws_while_all_work", ranks=3)
        self.assert_ends(ended, 1, "error", "main gives up")
        self.assertLess(time.monotonic() - begin, 20)

    def test_different_programs(self):
        words = [*LAUNCHER, "1", PROGRAMS["case"], "answer", ":", LAUNCHER[-1], "1",
                 PROGRAMS["other"]]
        ended = self.call_words(words)
        self.assert_ends(ended, 1, "error", "[Rr]ank 1", "program", "executable")

    def test_tasks_that_cannot_be_told_apart(self):
        for ranks in (None, 2):
            ended = self.call("collision", ranks=ranks)
            self.assert_ends(ended, 1, "error", "Step")


if __name__ == "__main__":
    main()
