#!/usr/bin/env python3
"""Every subcommand on the record of a run that goes on, and of one whose processes were all killed,
against h5py: test_unfinished.py STARMAP LARGE_RECORD RECORD_WRITER."""

import csv
import io
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import h5py
import numpy

import records
from records import Records, main

WRITER = sys.argv[3]
PATIENCE = 60  # seconds until something is taken for hung
DONE = 12  # commands that end; two others never do
GOES_ON = "the run goes on; this is what has come back so far"
KILLED = "never closed: the run was killed, or its disk was full; this is what had come back"


def rows_of(record):
    """The rows of /task_info as h5py has them, without those that a kill left unwritten."""
    with h5py.File(record, swmr=True, libver="latest") as file:
        rows = file["task_info"][:]
    return rows[(rows["task_no"] != 0) & (rows["attempt"] != 0)]


def wait_for_rows(record, count):
    give_up = time.monotonic() + PATIENCE
    while not record.exists() or len(rows_of(record)) < count:
        if time.monotonic() > give_up:
            raise TimeoutError(f"{record} never had {count} rows")
        time.sleep(0.05)


def children_of(process):
    """All of them, in whatever session."""
    try:
        own = " ".join(path.read_text() for path in
                       pathlib.Path(f"/proc/{process}/task").glob("*/children")).split()
    except OSError:
        return []
    return [child for each in map(int, own) for child in [each, *children_of(each)]]


class Farm:
    """A farm of which some commands have ended, one of them badly, and two never end."""

    def __init__(self, commands=DONE):
        self.place = tempfile.TemporaryDirectory(prefix="starmap_unfinished_")
        self.folder = pathlib.Path(self.place.name)
        self.record = self.folder / "task_info.h5"
        self.archive = self.folder / "outputs.db"
        lines = ["exit 3" if i == 3 else f"sleep 0.0{i % 3}; echo {i}" for i in range(commands)]
        # Heavy, so they come first and have their workers for themselves.
        lines += ["sleep 1000 #STARMAP weight=1000 key=endless"] * 2
        (self.folder / "list.txt").write_text("".join(line + "\n" for line in lines))
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith("STARMAP_")}
        self.process = subprocess.Popen(
            [records.STARMAP, "run", "list.txt", "--shell", "--output=archive",
             "--starmap-workers=3", "--starmap-distribute=processes"],
            cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        try:
            wait_for_rows(self.record, commands)
        except BaseException:
            self.remove()
            raise

    def kill(self):
        """Everything at once, and nobody has a moment to tidy up."""
        for each in [self.process.pid, *children_of(self.process.pid)]:
            try:
                os.kill(each, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()

    def remove(self):
        self.kill()
        self.place.cleanup()


class Checks(Records):
    """What each subcommand has to tell of a record, whatever state it is in."""

    def check_info(self, record, rows, state, sentence):
        told = self.json("info", record)
        ok, bad = rows[rows["status"] == 0], rows[rows["status"] != 0]
        self.assertEqual(told["state"], state)
        self.assertFalse(told["complete"])
        self.assertEqual({each["name"]: (each["tasks"], each["not_ok"]) for each in told["names"]},
                         {name.decode(): ((ok["taskname"] == name).sum(),
                                          (bad["taskname"] == name).sum())
                          for name in numpy.unique(rows["taskname"])})
        for each in told["names"]:
            mine = ok["duration"][ok["taskname"] == each["name"].encode()]
            if mine.size:
                self.assertTrue(numpy.allclose(
                    [each["total"], each["mean"], each["stddev"], each["max"]],
                    [mine.sum(), mine.mean(), mine.std(), mine.max()], rtol=1e-9), each)
        longest = ok["duration"].max()
        self.assertEqual(told["slowest"][0]["duration"], longest)
        text = self.starmap("info", record).splitlines()[0]
        self.assertTrue(text.startswith(f"{record}: ") and sentence in text, text)
        for more in (["--failed"], [rows["taskname"][0].decode()]):
            self.assertIn(sentence, self.starmap("info", record, *more).splitlines()[0])
        lines = list(csv.DictReader(io.StringIO(self.starmap("info", record, "--csv", "--rows"))))
        for name in ("task_no", "duration", "start", "worker", "exit_code"):
            self.assertEqual([float(line[name]) for line in lines], rows[name].tolist(), name)

    def check_report(self, record, rows, sentence):
        page = self.folder / "report.html"
        self.assertIn(sentence, self.starmap("report", record, "-o", page))
        text = page.read_text(encoding="utf-8")
        data = json.loads(re.search(r'id="data"[^>]*>(.*?)</script>', text, re.DOTALL)[1])
        self.assertIn(sentence, data["state"])
        tasks = data["timeline"]["tasks"]
        for name in ("task_no", "worker", "status"):
            self.assertEqual(tasks[name], rows[name].tolist(), name)
        for name in ("start", "duration", "weight"):
            self.assertTrue(numpy.allclose(tasks[name], rows[name], rtol=1e-5), name)
        self.assertEqual(numpy.sum(data["durations"]["counts"]), (rows["status"] == 0).sum())
        self.assertEqual(sum(each["tasks"] + each["not_ok"] for each in data["figures"]["names"]),
                         len(rows))

    def check_trace(self, record, rows, sentence):
        output = self.folder / "trace.json"
        text = self.starmap("trace", record, "-o", output)
        self.assertIn(sentence, text)
        self.assertIn(f"{output}: {len(rows)} tasks\n", text)
        events = json.loads(output.read_text(encoding="utf-8"))["traceEvents"]
        tasks = [event for event in events if event["ph"] == "X" and event["pid"] > 0
                 and event["name"] not in ("pack", "unpack")]
        self.assertEqual([task["args"]["task_no"] for task in tasks], rows["task_no"].tolist())
        for task, row in zip(tasks, rows):
            self.assertAlmostEqual(
                task["dur"], 1e6 * (row["unpack"] + row["duration"] + row["pack"]), delta=0.01)
        self.assertEqual([event["args"]["task_no"] for event in events if event["ph"] == "i"],
                         rows["task_no"][rows["status"] != 0].tolist())

    def check_plan(self, record, rows, state, sentence):
        ok = rows[rows["status"] == 0]["duration"]
        told = self.json("plan", record, "--ranks", "1,2,1000")
        self.assertEqual((told["state"], told["workers"]), (state, 3))
        for each in told["plans"]:
            useful = each["seconds"] * each["workers"] * each["efficiency"]
            self.assertAlmostEqual(useful / ok.sum(), 1, delta=1e-6)
            self.assertGreater(each["seconds"], ok.max())
        text = self.starmap("plan", record, "--ranks", "2")
        self.assertIn(sentence, text.splitlines()[0])
        self.assertIn("Of what has come back so far, and of nothing else", text)

    def check_compare(self, record, rows, state, sentence):
        other = self.folder / "other.h5"
        slower = rows.copy()
        slower["duration"] += 1.5
        records.write(other, slower)
        told = self.json("compare", record, other)
        ok = rows[rows["status"] == 0]
        self.assertEqual((told["before"]["state"], told["after"]["state"]), (state, "complete"))
        self.assertEqual((told["paired"], told["faster"]), (len(ok), []))
        self.assertEqual(len(told["slower"]), min(10, len(ok)))
        for task in told["slower"]:
            self.assertEqual(task["before"], ok["duration"][ok["task_no"] == task["task_no"]][0])
            self.assertAlmostEqual(task["after"] - task["before"], 1.5)
        text = self.starmap("compare", other, record).splitlines()
        self.assertEqual(text[0], f"first   {other}: complete")
        self.assertIn(sentence, text[1])

    def check_output(self, archive):
        """Of the commands that had ended before the kill, in the order of the list."""
        self.assertEqual(self.starmap("output", archive),
                         "".join(f"{i}\n" for i in range(DONE) if i != 3))
        self.assertEqual(len(self.starmap("output", archive, "--list").splitlines()), DONE)
        self.assertIn("it has not ended", self.starmap("output", archive, DONE + 1, code=2))

    def check_all(self, farm, state, sentence):
        rows = rows_of(farm.record)
        self.assertEqual((len(rows), (rows["status"] != 0).sum()), (DONE, 1))
        self.check_info(farm.record, rows, state, sentence)
        self.check_report(farm.record, rows, sentence)
        self.check_trace(farm.record, rows, sentence)
        self.check_plan(farm.record, rows, state, sentence)
        self.check_compare(farm.record, rows, state, sentence)


class OfARun(Checks):
    def test_that_goes_on_and_is_killed(self):
        farm = Farm()
        self.addCleanup(farm.remove)
        self.check_all(farm, "writing", GOES_ON)
        self.assertIn("its run still goes on", self.starmap("recover", farm.record, code=2))
        self.assertIn("Wait for its end", self.starmap("output", farm.archive, code=2))
        self.assertEqual(self.json("info", farm.record)["state"], "writing")

        farm.kill()
        rows = rows_of(farm.record)
        self.check_all(farm, "killed", KILLED)
        self.check_output(farm.archive)
        self.assertEqual(self.starmap("info", farm.record, "--follow"),
                         self.starmap("info", farm.record))
        with self.assertRaises(OSError), h5py.File(farm.record):
            pass
        self.assertEqual(self.starmap("recover", farm.record),
                         f"{farm.record} is recovered, with {DONE} rows of task_info\n")
        with h5py.File(farm.record) as file:
            self.assertEqual(file["task_info"][:].tobytes(), rows.tobytes())
            self.assertEqual(file.attrs["complete"], 0)
        self.check_info(farm.record, rows, "failed", "not complete: the run ended with an error")
        self.assertIn("nothing to do", self.starmap("recover", farm.record))

    def test_of_which_nothing_has_come_back(self):
        farm = Farm(commands=0)
        self.addCleanup(farm.remove)
        for sentence in (GOES_ON, KILLED):
            record = farm.record
            text = self.starmap("info", record)
            self.assertIn(sentence, text)
            self.assertIn("No task has come back yet", text)
            self.assertIn(sentence, self.starmap("report", record, "-o", self.folder / "r.html"))
            trace = self.starmap("trace", record, "-o", self.folder / "trace.json")
            self.assertIn(sentence, trace)
            self.assertIn(": 0 tasks", trace)
            self.assertIn("nothing to plan with", self.starmap("plan", record, "--ranks", "2", code=2))
            self.assertEqual(self.json("compare", record, record)["paired"], 0)
            farm.kill()
        self.assertIn("with 0 rows", self.starmap("recover", farm.record))


class OfARecordInMotion(Checks):
    """Rows come while it is read: what a command tells is of one moment."""

    def test_that_grows_and_is_cut_off(self):
        with subprocess.Popen([WRITER, self.record, "0", "1", "0.002"],
                              stdout=subprocess.DEVNULL) as writer:
            try:
                wait_for_rows(self.record, 500)
                for _ in range(3):
                    self.check_moment()
            finally:
                writer.kill()
        rows = rows_of(self.record)
        self.check_info(self.record, rows, "killed", KILLED)
        self.assertIn(f": {(rows['status'] != 5).sum()} tasks\n",
                      self.starmap("trace", self.record, "-o", self.folder / "trace.json"))
        self.check_compare(self.record, rows, "killed", KILLED)
        shutil.copy(self.record, self.folder / "copy.h5")  # nobody writes that one
        self.assertIn(f"with {len(rows)} rows", self.starmap("recover", self.folder / "copy.h5"))

    def check_moment(self):
        before = len(rows_of(self.record))
        page, trace = self.folder / "report.html", self.folder / "trace.json"
        self.assertIn(GOES_ON, self.starmap("report", self.record, "-o", page))
        self.assertIn(GOES_ON, self.starmap("trace", self.record, "-o", trace))
        self.assertIn(GOES_ON, self.starmap("plan", self.record, "--ranks", "8"))
        told = self.json("compare", self.record, self.record)
        after = len(rows_of(self.record))
        data = json.loads(re.search(r'id="data"[^>]*>(.*?)</script>',
                                    page.read_text(encoding="utf-8"), re.DOTALL)[1])
        name = data["figures"]["names"][0]
        self.assertTrue(before <= name["tasks"] + name["not_ok"] <= after, (before, name, after))
        # The charts are of the same rows as the figures.
        self.assertEqual(numpy.sum(data["durations"]["counts"]), name["tasks"])
        self.assertEqual(data["sampled_from"], name["tasks"])
        events = json.loads(trace.read_text(encoding="utf-8"))["traceEvents"]
        slices = [event["args"]["task_no"] for event in events if event["ph"] == "X"
                  and event["pid"] > 0 and event["name"] not in ("pack", "unpack")]
        self.assertEqual(slices, [i + 1 for i in range(slices[-1]) if i % 6 != 5])
        ok = min(each["names"][0]["tasks"] for each in (told["before"], told["after"]))
        self.assertEqual(told["paired"], ok)
        self.assertTrue(before // 6 <= ok <= after // 6 + 1, (before, ok, after))
        self.assertEqual(told["slower"] + told["faster"], [])


if __name__ == "__main__":
    main()
