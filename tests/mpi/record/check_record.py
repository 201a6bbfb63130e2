#!/usr/bin/env python3
"""Runs recorded_run and checks its task_info.h5: check_record.py RANKS LAUNCHER... PROGRAM."""

import os
import pathlib
import shutil
import subprocess
import sys
import time
import unittest

import h5py
import numpy

RANKS = int(sys.argv[1])
COMMAND = sys.argv[2:]
NAMES = ["wait_a_little", "refuse_three", "fail_once", "run_program", "count", "half"]
PROGRAMS = [f"program {i}" for i in range(4)]


class Record(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path("scratch")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        begin = time.monotonic()
        cls.run_result = subprocess.run(
            COMMAND, cwd=folder, capture_output=True, text=True, timeout=60,
            env={**os.environ, "STARMAP_TASK_INFO": "record.h5", "STARMAP_SEED": "17"})
        cls.wall = time.monotonic() - begin
        cls.file = h5py.File(folder / "record.h5", "r")
        cls.rows = cls.file["task_info"][:]
        cls.status = h5py.check_enum_dtype(cls.file["task_info"].dtype["status"])

    def of(self, name):
        if name == "run_program":
            return self.rows[numpy.isin(self.rows["taskname"], [name.encode() for name in PROGRAMS])]
        return self.rows[self.rows["taskname"] == name.encode()]

    def test_the_run_ended_well(self):
        self.assertEqual(self.run_result.returncode, 0, self.run_result.stderr)
        self.assertEqual(self.file.attrs["complete"], 1)

    def test_attributes(self):
        attributes = self.file.attrs
        self.assertEqual(attributes["seed"], 17)
        self.assertEqual(attributes["num_workers"], max(1, RANKS - 1))
        text = {name: value.decode() if isinstance(value, bytes) else str(value)
                for name, value in attributes.items()}
        self.assertIn("recorded_run", text["command_line"])
        self.assertEqual(text["distribute"], "mpi")
        self.assertRegex(text["start_time"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertNotEqual(text["mpi_library"], "")

    def test_names(self):
        names = sorted(NAMES + PROGRAMS)
        names.remove("run_program")  # whose tasks have names of their own
        self.assertEqual(sorted({name.decode() for name in self.rows["taskname"]}), names)

    def test_starmap_has_a_row_a_task(self):
        rows = self.of("wait_a_little")
        self.assertEqual(sorted(rows["task_no"]), list(range(1, 21)))
        self.assertTrue((rows["items"] == 1).all())
        self.assertTrue((rows["attempt"] == 1).all())
        self.assertTrue((rows["status"] == self.status["ok"]).all())
        for row in rows:
            number = row["task_no"] - 1
            self.assertEqual(row["weight"], 0.5 * number)
            self.assertGreaterEqual(row["duration"], number * 1e-3)
        self.assertTrue((rows["sent"] > 0).all())
        self.assertTrue((rows["received"] > 0).all())
        self.assertTrue((rows["mem_gb"] > 0).all())
        self.assertTrue((rows["cpu"] >= 0).all())

    def test_failures_have_rows(self):
        rows = self.of("refuse_three")
        self.assertEqual(len(rows), 20)
        failed = rows[rows["status"] == self.status["failed"]]
        self.assertEqual(list(failed["task_no"]), [4])
        told = [row for row in self.file["failures"][:] if row["starmap"] == failed["starmap"][0]]
        self.assertEqual(len(told), 1)
        self.assertEqual(told[0]["task_no"], 4)
        self.assertEqual(told[0]["rank"], failed["rank"][0])
        text = b" ".join(value for value in told[0].item() if isinstance(value, bytes)).decode()
        self.assertIn("three is refused", text)

    def test_retries_have_rows(self):
        rows = self.of("fail_once")
        first = rows[rows["attempt"] == 1]
        second = rows[rows["attempt"] == 2]
        self.assertEqual(sum(first["items"]), 20)
        self.assertEqual(sum(second["items"]), 5)
        self.assertEqual(rows["attempt"].max(), 2)
        self.assertTrue((second["status"] == self.status["ok"]).all())
        self.assertTrue((first["status"] == self.status["failed"]).any())

    def test_tasks_that_tell_how_they_ended(self):
        rows = self.of("run_program")
        self.assertEqual(len(rows), 25)
        for row in rows:
            kind = (int(row["task_no"]) - 1) % 4
            self.assertEqual(row["taskname"].decode(), f"program {kind}")
            self.assertGreaterEqual(row["cpu"], 0.1)
            self.assertEqual(row["mem_gb"], 3)
            first = row["attempt"] == 1
            status, code = {1: ("failed", 7), 2: ("crashed", -11)}.get(kind if first else 0, ("ok", 0))
            self.assertEqual(row["status"], self.status[status], row)
            self.assertEqual(row["exit_code"], code, row)
        again = rows[rows["attempt"] == 2]
        self.assertEqual(sorted(again["task_no"]), [3, 7, 11, 15, 19])
        failures = self.file["failures"][:]
        told = numpy.sort(failures[failures["starmap"] == rows["starmap"][0]], order="task_no")
        self.assertEqual([row["error"].decode() for row in told],
                         [f"exit code 7 of {i}" if i % 4 == 1 else "std::runtime_error: signal 11"
                          for i in range(20) if i % 4 in (1, 2)])

    def test_blocks(self):
        rows = self.of("count")
        self.assertLessEqual(len(rows), 6)
        self.assertEqual(sorted(rows["task_no"]), list(range(1, len(rows) + 1)))
        self.assertEqual(sum(rows["items"]), 20)
        self.assertEqual(sum(rows["weight"]), 0.5 * 190)

    def test_chunks_of_a_map(self):
        rows = numpy.sort(self.of("half"), order="task_no")
        self.assertEqual(sum(rows["items"]), 10_000)
        at = 1
        for row in rows:
            self.assertEqual(row["task_no"], at)
            at += row["items"]

    def test_times_fit_into_the_run(self):
        rows = self.rows
        for name in ("duration", "start", "wait", "unpack", "pack", "cpu"):
            self.assertTrue(numpy.isfinite(rows[name]).all(), name)
            self.assertTrue((rows[name] >= 0).all(), name)
            self.assertTrue((rows[name] <= self.wall).all(), name)
        self.assertLessEqual(sum(rows["duration"]), self.wall * max(1, RANKS - 1) + 1e-3)
        for rank in set(rows["rank"]):
            mine = numpy.sort(rows[rows["rank"] == rank], order="start")
            ends = mine["start"] + mine["duration"]
            # A worker runs one at a time.
            self.assertTrue((mine["start"][1:] >= ends[:-1] - 1e-6).all(), rank)

    def test_starmaps(self):
        starmaps = self.file["starmaps"][:]
        by_name = {row["name"].decode(): row for row in starmaps}
        for name in NAMES:
            row = by_name[name]
            mine = self.of(name)
            self.assertEqual(row["tasks"], len(mine), name)
            self.assertEqual(row["items"], 10_000 if name == "half" else 20, name)
            self.assertGreaterEqual(row["end"], row["start"], name)
            self.assertGreaterEqual(mine["start"].min(), row["start"] - 0.01, name)
            self.assertLessEqual((mine["start"] + mine["duration"]).max(), row["end"] + 0.01, name)
        self.assertEqual(by_name["refuse_three"]["failures"], 1)
        self.assertEqual(by_name["wait_a_little"]["failures"], 0)
        # Those that returned all the same; what was tried again and then went well is none.
        self.assertEqual(by_name["run_program"]["failures"], 5)

    def test_workers(self):
        workers = self.file["workers"][:]
        for worker in workers:
            mine = self.rows[self.rows["worker"] == worker["worker"]]
            self.assertGreater(worker["pid"], 0)
            self.assertNotEqual(worker["hostname"], b"")
            self.assertGreaterEqual(worker["tasks"], len(mine))
            self.assertTrue((mine["rank"] == worker["rank"]).all())
        self.assertLessEqual(set(self.rows["worker"]), set(workers["worker"]))

    def test_operations(self):
        rows = self.file["performance_data"][:]
        waiting = rows[rows["operation"] == b"waiting"]
        self.assertEqual(sorted(waiting["task_no"]), list(range(1, 21)))
        self.assertTrue((waiting["counts"] == 1).all())
        self.assertGreaterEqual(sum(waiting["time_sec"]), 0.19)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
