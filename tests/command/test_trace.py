#!/usr/bin/env python3
"""`starmap trace` against the rules of the trace event format: test_trace.py STARMAP LARGE_RECORD."""

import json

import numpy

import records
from records import Records, main
from test_info import random_rows


class Trace(Records):
    def trace(self, *lines):
        output = self.folder / "trace.json"
        text = self.starmap("trace", self.record, "-o", output)
        for line in lines:
            self.assertIn(line, text)
        return json.loads(output.read_text(encoding="utf-8"))["traceEvents"]

    def check_rules(self, events):
        """Every event has what its kind asks for; slices of a thread nest or lie apart."""
        threads = {}
        for event in events:
            self.assertIn(event["ph"], "MXiC")
            self.assertIsInstance(event["pid"], int)
            self.assertIsInstance(event["tid"], int)
            if event["ph"] != "M":
                self.assertGreaterEqual(event["ts"], 0)
            if event["ph"] == "X":
                self.assertGreaterEqual(event["dur"], 0)
                threads.setdefault((event["pid"], event["tid"]), []).append(event)
        named = {(event["pid"], event["tid"]) for event in events
                 if event["ph"] == "M" and event["name"] == "thread_name"}
        self.assertLessEqual(set(threads), named)
        for slices in threads.values():
            open_until = []
            for event in sorted(slices, key=lambda e: (e["ts"], -e["dur"])):
                begin, end = event["ts"], event["ts"] + event["dur"]
                while open_until and open_until[-1] <= begin + 1e-3:
                    open_until.pop()
                if open_until:
                    self.assertLessEqual(end, open_until[-1] + 1e-3)
                open_until.append(end)

    def test_rules_and_content(self):
        rows = random_rows(2)
        records.write(self.record, rows, workers=3)
        ran = rows[rows["status"] != 5]
        events = self.trace(f"{len(ran)} tasks")
        self.check_rules(events)
        tasks = [event for event in events if event["ph"] == "X" and event["pid"] > 0
                 and event["name"] not in ("pack", "unpack")]
        self.assertEqual([task["args"]["task_no"] for task in tasks], list(ran["task_no"]))
        self.assertEqual({task["name"] for task in tasks}, {"odd", 'even "&,é'})
        for task, row in zip(tasks, ran):
            self.assertAlmostEqual(task["ts"], 1e6 * (row["start"] - row["unpack"]), delta=0.01)
            self.assertAlmostEqual(
                task["dur"], 1e6 * (row["unpack"] + row["duration"] + row["pack"]), delta=0.01)
            self.assertEqual(task["tid"], row["worker"])
        failed = [event for event in events if event["ph"] == "i"]
        self.assertEqual([event["args"]["task_no"] for event in failed],
                         list(ran["task_no"][ran["status"] != 0]))
        hosts = {event["pid"]: event["args"]["name"] for event in events
                 if event["name"] == "process_name"}
        self.assertEqual(hosts, {0: "the run", 1: "node0", 2: "node1"})
        self.assertEqual(sum(event["ph"] == "X" and event["pid"] == 0 for event in events), 4)

    def test_counter(self):
        rows = records.tasks(3, worker=[0, 1, 0], start=[1, 2, 5], duration=[2, 2, 1])
        records.write(self.record, rows)
        counts = [(event["ts"] / 1e6, event["args"]["tasks"]) for event in self.trace("3 tasks")
                  if event["ph"] == "C"]
        self.assertEqual(counts, [(1, 1), (2, 2), (3, 1), (4, 0), (5, 1), (6, 0)])

    def test_other_sessions_are_left_out(self):
        rows = records.tasks(4, start=[9, 9, 1, 2], duration=0.5, session=[1, 1, 2, 2])
        records.write(self.record, rows)
        events = self.trace("2 tasks", "2 tasks of earlier sessions are left out")
        self.check_rules(events)

    def test_overlaps_of_clocks_are_mended(self):
        rows = records.tasks(2, start=[1, 1.9999999], duration=1.0)
        records.write(self.record, rows)
        self.check_rules(self.trace("2 tasks"))

    def test_failures_to_write(self):
        records.write(self.record, records.tasks(1))
        self.assertIn("No such file", self.starmap("trace", self.record, "-o",
                                                   self.folder / "no" / "trace.json", code=1))
        self.starmap("trace", self.record, code=2)
        self.assertIn("No such file", self.starmap("trace", self.folder / "none.h5", "-o",
                                                   self.folder / "trace.json", code=1))
        output = self.folder / "older.trace"
        output.write_text("{}", encoding="utf-8")
        records.write(self.record, records.tasks(1), drop=("duration",))
        self.assertIn("no column duration", self.starmap("trace", self.record, "-o", output, code=1))
        self.assertEqual(output.read_text(encoding="utf-8"), "{}")
        self.assertFalse(numpy.any([path.suffix == ".json" for path in self.folder.iterdir()]))


if __name__ == "__main__":
    main()
