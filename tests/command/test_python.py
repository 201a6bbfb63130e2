#!/usr/bin/env python3
"""scripts/starmap_record.py on records of real runs, against raw h5py and `starmap info`:
test_python.py STARMAP LARGE_RECORD SCRIPT MANDELBROT NEUTRON_SLAB. Exit code 77 without pandas or
matplotlib."""

import contextlib
import csv
import io
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import unittest.mock

os.environ["MPLBACKEND"] = "Agg"
try:
    import matplotlib.image
    import pandas
except ImportError as missing:
    print(f"skipped: {missing} (scripts/bootstrap --with-plots installs it)")
    sys.exit(77)
import h5py
import numpy

import records

SCRIPT, MANDELBROT, NEUTRON_SLAB = sys.argv[3:6]
sys.path.insert(0, str(pathlib.Path(SCRIPT).parent))
import starmap_record  # noqa: E402

QUIET = ["--starmap-log=off", "--starmap-progress=none", "--starmap-distribute=processes",
         "--starmap-workers=2"]


def run(record, *words):
    subprocess.run([*words, *QUIET, f"--starmap-task-info={record}"], check=True, timeout=100,
                   stdout=subprocess.DEVNULL)


def killed_run(record):
    """Kills a run that would take minutes when a second batch of rows is there; gives what was read
    of it before."""
    words = [MANDELBROT, "--height", "60000", "--max-iter", "20000", "--starmap-concurrent-tasks=2000",
             *QUIET, f"--starmap-task-info={record}"]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        seen = set()
        while len(seen) < 2:
            assert process.poll() is None, "the run ended by itself"
            time.sleep(0.1)
            if not record.exists():
                continue
            with starmap_record.Record(record) as live:
                state, rows = live.state, live.task_info
            seen |= {len(rows)} - {0}
        os.kill(process.pid, signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
    return state, rows


class RealRuns(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="starmap_python_")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.normal, cls.killed, cls.failed = (cls.folder / f"{name}.h5"
                                              for name in ("normal", "killed", "failed"))
        run(cls.normal, MANDELBROT, "--max-iter", "500")
        # Each batch but the last computes for longer than it may.
        run(cls.failed, NEUTRON_SLAB, "--histories", "40001000", "--batch", "20000000",
            "--starmap-timeout=0.3", "--starmap-on-failure=collect")
        cls.live = killed_run(cls.killed)

    def script(self, *words, code=0, **environment):
        """What it prints, as a process of its own; on standard error if it is to fail."""
        done = subprocess.run([sys.executable, "-B", SCRIPT, *map(str, words)], text=True,
                              capture_output=True, check=False, timeout=100,
                              env={**os.environ, **environment})
        return self.judged(done.returncode, done.stdout, done.stderr, code)

    def call(self, *words, code=0):
        """The same in this process, which has imported already what takes its time."""
        out, err = io.StringIO(), io.StringIO()
        with unittest.mock.patch.object(sys, "argv", [SCRIPT, *map(str, words)]), \
                contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                got = starmap_record.main()
            except SystemExit as end:
                got = end.code
        return self.judged(got, out.getvalue(), err.getvalue(), code)

    def judged(self, got, out, err, code):
        self.assertEqual(got, code, out + err)
        self.assertNotIn("Traceback", err)
        if code == 1:
            self.assertEqual(err.count("\n"), 1, err)
        return err if code else out

    def test_tables_are_what_h5py_reads(self):
        for path, state in ((self.normal, "complete"), (self.killed, "killed"),
                            (self.failed, "complete")):
            live = {"swmr": True, "libver": "latest"} if state == "killed" else {}
            with h5py.File(path, **live) as file, starmap_record.Record(path) as record:
                self.assertEqual(record.state, state)
                for name in starmap_record.TABLES:
                    raw, frame = file[name][:], record.table(name)
                    if name == "task_info":
                        raw = raw[(raw["task_no"] != 0) & (raw["attempt"] != 0)]
                    self.assertEqual(len(frame), len(raw), (path, name))
                    for column in set(raw.dtype.names) - {"status"}:
                        values = raw[column].tolist()
                        if raw[column].dtype.kind == "S":
                            values = [text.decode() for text in values]
                        self.assertEqual(repr(frame[column].tolist()), repr(values), (name, column))
                self.assertEqual(record.attributes, {
                    name: value.decode() if isinstance(value, bytes) else int(value)
                    for name, value in file.attrs.items()})

    def test_names_and_hosts(self):
        with starmap_record.Record(self.failed) as record:
            tasks, failures = record.task_info, record.failures
            for column in ("status", "taskname", "hostname"):
                self.assertIsInstance(tasks[column].dtype, pandas.CategoricalDtype)
            self.assertEqual(list(tasks.status.cat.categories), ["ok", "failed", "crashed",
                                                                 "timeout", "memory", "cancelled"])
            self.assertEqual(set(tasks.hostname), set(record.workers.hostname))
            self.assertGreaterEqual(len(failures), 2)
            self.assertEqual(set(failures.name), {"run_batch"})
            self.assertEqual(set(failures.hostname), set(record.workers.hostname))
            timeouts = tasks[tasks.status == "timeout"]
            self.assertEqual(sorted(timeouts.task_no), sorted(failures.task_no))
            self.assertTrue(failures.error.str.contains("timeout of 0.3 s").all())

    def test_a_run_that_went_on(self):
        state, rows = self.live
        self.assertEqual(state, "writing")
        with starmap_record.Record(self.killed) as record:
            pandas.testing.assert_frame_equal(record.task_info.head(len(rows)), rows)

    def test_figures_are_those_of_starmap_info(self):
        told = subprocess.run([records.STARMAP, "info", "--json", self.normal], check=True,
                              capture_output=True).stdout
        told = pandas.read_json(io.StringIO(told.decode()), typ="series")["names"][0]
        with starmap_record.Record(self.normal) as record:
            fit = record.fit("render")
            self.assertAlmostEqual(fit.r_squared, told["r_squared"], places=9)
            self.assertTrue(numpy.isclose(fit.seconds_per_weight, told["seconds_per_weight"]))
            with self.assertRaisesRegex(starmap_record.RecordError, "no task \"rendr\".*render"):
                record.fit("rendr")

    def test_pictures(self):
        for path in (self.normal, self.killed, self.failed):
            with starmap_record.Record(path) as record:
                tasks = record.task_info
                bars = record.plot_timeline().collections
                self.assertEqual(sum(len(each.get_paths()) for each in bars),
                                 (tasks.status != "cancelled").sum())
                self.assertEqual("not ok" in [each.get_label() for each in bars],
                                 (tasks.status.isin(["failed", "timeout"])).any())
                dots = record.plot_weights().collections
                ok = tasks[tasks.status == "ok"]
                self.assertEqual(sorted(map(tuple, dots[0].get_offsets())),
                                 sorted(zip(ok.weight, ok.duration)))
        pictures = self.folder / "timeline.png", self.folder / "weights.png"
        self.assertEqual(self.script(self.killed, "--timeline", pictures[0], "--weights",
                                     pictures[1], "--name", "render"), "")
        for picture in pictures:
            pixels = matplotlib.image.imread(picture)
            self.assertGreater(len(numpy.unique(pixels.reshape(-1, pixels.shape[-1]), axis=0)), 20)

    def test_as_a_script(self):
        text = self.script(self.normal)
        self.assertIn(f"{self.normal}: complete\n", text)
        with h5py.File(self.normal) as file:
            self.assertRegex(text, rf"task_info +{len(file['task_info'])}  taskname task_no")
            raw = file["task_info"][:]
        lines = list(csv.DictReader(io.StringIO(
            self.call(self.normal, "--table", "task_info", "--csv"))))
        self.assertEqual([float(line["duration"]) for line in lines], raw["duration"].tolist())
        self.assertEqual({line["status"] for line in lines}, {"ok"})

    def test_wrong_calls(self):
        for wrong in ([], [self.normal, "--csv"], [self.normal, "--table", "tasks"],
                      [self.normal, "--name", "render"], [self.normal, "--nothing"]):
            self.call(*wrong, code=2)
        self.assertIn("ends in .png", self.call(self.normal, "--timeline",
                                                  self.folder / "a.nothing", code=1))
        self.assertIn("cannot write", self.call(self.normal, "--weights",
                                                  self.folder / "no" / "a.png", code=1))

    def test_files_that_are_no_records(self):
        other = self.folder / "other.h5"
        for what, content in {"is not an HDF5 file": b"", "is not an HDF5": b"taskname,task_no\n",
                              "cannot be read": self.normal.read_bytes()[:5000]}.items():
            other.write_bytes(content)
            self.assertIn(what, self.script(other, code=1))
        with h5py.File(other, "w") as file:
            file["something"] = 1
        self.assertIn("no table task_info", self.call(other, code=1))
        self.assertIn("No such file", self.call(self.folder / "none.h5", code=1))
        self.assertIn("directory", self.call(self.folder, code=1))

    def test_damage_is_refused_and_never_waited_for(self):
        other = self.folder / "damaged.h5"
        for path in (self.normal, self.killed):
            whole = path.read_bytes()
            for part in (10, 40, 500, 1000, 2000):
                other.write_bytes(whole[:part])
                with self.assertRaises(starmap_record.RecordError):
                    str(starmap_record.Record(other))
            start = whole.index(b"OHDR") + 6  # what the root's header holds, which has a checksum
            other.write_bytes(whole[:start] + b"\xff" * 20 + whole[start + 20:])
            with self.assertRaises(starmap_record.RecordError):
                str(starmap_record.Record(other))

    def test_without_pandas_or_matplotlib(self):
        for name in ("pandas", "matplotlib"):
            (self.folder / f"{name}.py").write_text(f"raise ImportError('no {name}')\n")
            self.addCleanup((self.folder / f"{name}.py").unlink)
        path = {"PYTHONPATH": str(self.folder)}
        self.assertIn("task_info", self.script(self.normal, **path))
        self.assertRegex(self.script(self.normal, "--table", "costs", code=1, **path),
                         "needs the Python module pandas .*install python3-pandas")
        self.assertRegex(self.script(self.normal, "--weights", "a.png", code=1, **path),
                         "needs the Python module matplotlib .*install python3-matplotlib")


class MadeRecords(records.Records):
    def test_rows_that_were_never_written(self):
        rows = records.tasks(5, attempt=[1, 1, 0, 1, 1])
        rows["task_no"][4] = 0
        records.write(self.record, rows)
        with starmap_record.Record(self.record) as record:
            self.assertEqual(record.task_info.task_no.tolist(), [1, 2, 4])

    def test_sessions_and_tasks_that_never_ran(self):
        rows = records.tasks(4, session=[1, 2, 2, 2], status=[0, 0, 5, 1], worker=[0, 0, 1, 1],
                             start=[9, 1, 2, 3], duration=1)
        records.write(self.record, rows)
        with starmap_record.Record(self.record) as record:
            self.assertEqual(record.task_info.hostname.isna().tolist(),
                             [True, False, False, False])
            self.assertEqual(set(record.task_info.hostname.dropna()), {"node0"})
            bars = record.plot_timeline().collections
            edges = [sorted(set(path.vertices[:, 0])) for each in bars
                     for path in each.get_paths()]
            self.assertEqual(edges, [[1, 2], [3, 4]])

    def test_nothing_yet(self):
        records.write(self.record, records.tasks(0))
        with starmap_record.Record(self.record) as record:
            for name in starmap_record.TABLES:
                self.assertEqual(len(record.table(name)), 2 if name == "workers" else 0)
            record.plot_timeline()
            record.plot_weights()

    def test_columns_that_are_missing(self):
        records.write(self.record, records.tasks(2), drop=("session",))
        with starmap_record.Record(self.record) as record:
            self.assertEqual(len(record.task_info), 2)
        records.write(self.record, records.tasks(2), drop=("duration",))
        with starmap_record.Record(self.record) as record, self.assertRaisesRegex(
                starmap_record.RecordError, "has no column duration"):
            record.task_info


if __name__ == "__main__":
    records.main()
