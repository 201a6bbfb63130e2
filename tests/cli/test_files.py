#!/usr/bin/env python3
"""Files that are missing, empty, unreadable or no files, as calling.py describes."""

import os
import shutil
import unittest

from calling import Calls, main

NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


def can_be_nobody():
    return os.geteuid() == 0 and shutil.which("setpriv")


class Input(Calls):
    def count(self, *files, **options):
        return self.call("letter_count", *files, **options)

    def test_counts(self):
        (self.folder / "a.txt").write_text("Hello")
        (self.folder / "b.txt").write_text("world")
        for ranks in (None, 1, 3):
            ended = self.count("a.txt", "b.txt", ranks=ranks)
            self.assert_ends(ended, 0)
            self.assertEqual(ended.out, "d 1\ne 1\nh 1\nl 3\no 2\nr 1\nw 1\n")

    def test_no_arguments(self):
        for ranks in (None, 2):
            ended = self.count(ranks=ranks)
            self.assert_ends(ended, 2, "usage: letter_count")
            self.assertEqual(ended.out, "")

    def test_missing(self):
        (self.folder / "a.txt").write_text("hello")
        for ranks in (None, 2):
            ended = self.count("a.txt", "missing.txt", ranks=ranks)
            self.assert_ends(ended, 1, "missing.txt", "No such file")
            self.assertEqual(ended.out, "")

    def test_empty(self):
        (self.folder / "empty.txt").touch()
        for ranks in (None, 2):
            self.assert_ends(self.count("empty.txt", ranks=ranks), 1, "empty")

    def test_folder(self):
        for ranks in (None, 2):
            self.assert_ends(self.count(".", ranks=ranks), 1, "directory")

    def test_unreadable(self):
        path = self.folder / "secret.txt"
        path.write_text("hello")
        path.chmod(0)
        if os.geteuid() != 0:
            ended = self.count("secret.txt")
        elif can_be_nobody():
            ended = self.count("secret.txt", prefix=NOBODY)
        else:
            self.skipTest("root may read everything, and setpriv is missing")
        self.assert_ends(ended, 1, "secret.txt", "Permission denied")


class Record(Calls):
    def answer_with(self, task_info, **options):
        return self.call("case", "answer", env={"STARMAP_TASK_INFO": task_info}, **options)

    def test_written_where_told(self):
        self.assert_ends(self.answer_with("here.h5", ranks=2), 0)
        self.assertTrue((self.folder / "here.h5").is_file())
        self.assertEqual([path.name for path in self.folder.iterdir()], ["here.h5"])

    def test_an_older_one_is_kept(self):
        for _ in range(3):
            self.assert_ends(self.answer_with("run.h5"), 0)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()),
                         ["run.1.h5", "run.2.h5", "run.h5"])

    def test_missing_folder(self):
        for ranks in (None, 2):
            ended = self.answer_with("no/such/run.h5", ranks=ranks)
            self.assert_ends(ended, 1, "no/such", "No such file")
            self.assertEqual(ended.out, "")

    def test_a_folder(self):
        for ranks in (None, 2):
            self.assert_ends(self.answer_with(".", ranks=ranks), 1, "record", "directory")

    def test_a_file_as_folder(self):
        (self.folder / "file").touch()
        self.assert_ends(self.answer_with("file/run.h5"), 1, "file", "not a directory|Not a")

    @unittest.skipUnless(can_be_nobody(), "needs root and setpriv")
    def test_forbidden_folder(self):
        closed = self.folder / "closed"
        closed.mkdir(mode=0o555)
        ended = self.answer_with("closed/run.h5", prefix=NOBODY)
        self.assert_ends(ended, 1, "closed", "Permission denied")


if __name__ == "__main__":
    main()
