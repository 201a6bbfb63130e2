#!/usr/bin/env python3
"""Files that are missing, empty, unreadable or no files, as calling.py describes."""

import os
import shutil
import unittest

import h5py

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


class Learning(Calls):
    def run_case(self, case, env=None, **options):
        env = {"STARMAP_TASK_INFO": "task_info.h5", **(env or {})}
        return self.call("case", case, env=env, **options)

    def chunks(self):
        with h5py.File(self.folder / "task_info.h5") as record:
            return [int(items) for items in record["task_info"]["items"]]

    def test_the_costs_are_recorded_by_key(self):
        for ranks in (None, 3):
            self.assert_ends(self.run_case("keyed", ranks=ranks), 0)
            with h5py.File(self.folder / "task_info.h5") as record:
                costs = record["costs"][:]
            self.assertEqual(sorted((row["key"], row["units"], row["weight"]) for row in costs),
                             [(b"0", 34, 34), (b"1", 33, 33), (b"2", 33, 33)])
            for row in costs:
                self.assertEqual(row["name"], b"keyed")
                self.assertAlmostEqual(row["per_weight"], row["seconds"] / row["weight"])

    def test_from_the_record_that_this_run_moves_away(self):
        self.assert_ends(self.run_case("answer"), 0)
        self.assertEqual(self.chunks()[0], 6)  # an eighth of what it is when costs are known
        for learn in ("none", ""):
            self.assert_ends(self.run_case("answer", env={"STARMAP_LEARN": learn}), 0)
            self.assertEqual(self.chunks()[0], 6)
        for learn in ("task_info.h5", "task_info.1.h5"):
            for ranks in (None, 2):
                ended = self.run_case("answer", env={"STARMAP_LEARN": learn}, ranks=ranks)
                self.assert_ends(ended, 0)
                self.assertGreater(self.chunks()[0], 6)

    def test_what_is_no_record(self):
        with h5py.File(self.folder / "foreign.h5", "w") as foreign:
            foreign["numbers"] = [1, 2, 3]
        (self.folder / "text.h5").write_text("no record")
        for name, why in (("missing.h5", "No such file"), ("foreign.h5", "no record of Starmap"),
                          ("text.h5", "not an HDF5 file"), (".", "directory")):
            for ranks in (None, 2):
                ended = self.run_case("answer", env={"STARMAP_LEARN": name}, ranks=ranks)
                self.assert_ends(ended, 1, "Cannot learn from", why, "Set STARMAP_LEARN")
                self.assertEqual(ended.out, "")
        self.assertFalse((self.folder / "task_info.h5").exists())


if __name__ == "__main__":
    main()
