"""Records made of numpy arrays, and the command that reads them."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import h5py
import numpy

STARMAP, LARGE_RECORD = sys.argv[1:3]

STATUS = h5py.enum_dtype({"ok": 0, "failed": 1, "crashed": 2, "timeout": 3, "memory": 4,
                          "cancelled": 5}, basetype="u1")
TASK_INFO = numpy.dtype([
    ("taskname", "S64"), ("task_no", "<u8"), ("weight", "<f8"), ("duration", "<f8"),
    ("received", "<i8"), ("mem_gb", "<f8"), ("starmap", "<u4"), ("items", "<u4"),
    ("start", "<f8"), ("wait", "<f8"), ("cpu", "<f8"), ("sent", "<i8"), ("unpack", "<f8"),
    ("pack", "<f8"), ("rank", "<i4"), ("worker", "<u4"), ("attempt", "<u2"), ("status", STATUS),
    ("exit_code", "<i4"), ("session", "<u2"), ("cores", "<u4")])
STARMAPS = numpy.dtype([
    ("starmap", "<u4"), ("name", "S64"), ("tasks", "<u8"), ("items", "<u8"), ("start", "<f8"),
    ("end", "<f8"), ("sent", "<i8"), ("received", "<i8"), ("policy", "S16"), ("failures", "<u8"),
    ("moves", "<u4"), ("moved_items", "<u8")])
WORKERS = numpy.dtype([
    ("worker", "<u4"), ("rank", "<i4"), ("hostname", "S64"), ("pid", "<i8"), ("cores", "<u4"),
    ("tasks", "<u8"), ("busy", "<f8"), ("first", "<f8"), ("last", "<f8")])
OPERATIONS = numpy.dtype([
    ("operation", "S64"), ("time_sec", "<f8"), ("memory_mb", "<f8"), ("counts", "<i8"),
    ("task_no", "<u8")])
FAILURES = numpy.dtype([
    ("task_no", "<u8"), ("starmap", "<u4"), ("rank", "<i4"), ("attempt", "<u2"), ("item", "<u8"),
    ("error", "S512")])


def tasks(count, **columns):
    """Rows of /task_info; what is not given is as for a task of one item that ended ok."""
    rows = numpy.zeros(count, TASK_INFO)
    rows["taskname"] = b"work"
    rows["task_no"] = numpy.arange(1, count + 1)
    rows["weight"] = rows["items"] = rows["starmap"] = rows["attempt"] = rows["session"] = rows["cores"] = 1
    for name, values in columns.items():
        rows[name] = values
    rows["rank"] = rows["worker"] + 1
    return rows


def starmaps_of(rows, policy=b"each"):
    """Rows of /starmaps that go with these tasks."""
    numbers = numpy.unique(rows["starmap"])
    table = numpy.zeros(len(numbers), STARMAPS)
    for row, number in zip(table, numbers):
        mine = rows[rows["starmap"] == number]
        row["starmap"], row["name"], row["policy"] = number, mine["taskname"][0], policy
        row["tasks"], row["items"] = len(mine), mine["items"].sum()
        row["start"] = (mine["start"] - mine["unpack"]).min()
        row["end"] = (mine["start"] + mine["duration"] + mine["pack"]).max()
        row["sent"], row["received"] = mine["sent"].sum(), mine["received"].sum()
    return table


def workers_of(count):
    table = numpy.zeros(count, WORKERS)
    table["worker"] = numpy.arange(count)
    table["rank"] = table["worker"] + 1
    table["hostname"] = [f"node{i // 2}".encode() for i in range(count)]
    table["pid"] = 1
    return table


def write(path, rows, starmaps=None, **more):
    """A record that was closed in order."""
    with h5py.File(path, "w") as file:
        fill(file, rows, starmaps, **more)


def write_unclosed(path, rows, **more):
    """One whose writer was killed when all of it was flushed."""
    child = os.fork()
    if child == 0:
        file = h5py.File(path, "w", libver=("v110", "v110"))
        fill(file, rows, complete=numpy.uint8(0), **more)
        file.swmr_mode = True
        file.flush()
        os._exit(0)
    os.waitpid(child, 0)


def fill(file, rows, starmaps=None, workers=2, operations=(), failures=(), drop=(), **attributes):
    file.attrs.update({"complete": numpy.uint8(1), "num_workers": numpy.uint32(workers),
                       "start_time": numpy.bytes_("2026-01-02T03:04:05Z"),
                       "command_line": numpy.bytes_("made by numpy"),
                       "distribute": numpy.bytes_("mpi"), **attributes})
    file["task_info"] = rows[[name for name in rows.dtype.names if name not in drop]]
    file["starmaps"] = starmaps_of(rows) if starmaps is None else starmaps
    file["workers"] = workers_of(workers)
    file["performance_data"] = numpy.array(list(operations), OPERATIONS)
    file["failures"] = numpy.array(list(failures), FAILURES)


class Records(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="starmap_command_")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.record = self.folder / "task_info.h5"

    def starmap(self, *arguments, code=0, timeout=60):
        """What it prints; on standard error if it is to fail, and then one line."""
        done = subprocess.run([STARMAP, *map(str, arguments)], capture_output=True, text=True,
                              timeout=timeout, env={**os.environ, "LC_ALL": "C"}, check=False)
        self.assertEqual(done.returncode, code, done)
        if code == 0:
            self.assertEqual(done.stderr, "")
            return done.stdout
        self.assertEqual(done.stdout, "")
        self.assertNotIn("HDF5-DIAG", done.stderr)
        return done.stderr

    def json(self, *arguments):
        return json.loads(self.starmap(*arguments, "--json"))


def main():
    unittest.main(argv=sys.argv[:1])
