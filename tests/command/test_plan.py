#!/usr/bin/env python3
"""`starmap plan` and `starmap compare`: test_plan.py STARMAP LARGE_RECORD."""

import numpy

import records
from records import Records, main


class Plan(Records):
    def plan(self, *arguments):
        return self.json("plan", self.record, *arguments)

    def write_run(self, durations, workers=2, **attributes):
        """A run that lost no time: each task to the worker that is free first."""
        rows = records.tasks(len(durations), duration=durations, weight=durations)
        free = numpy.zeros(workers)
        for row in rows:
            row["worker"] = free.argmin()
            row["start"] = free.min()
            free[row["worker"]] += row["duration"]
        records.write(self.record, rows, workers=workers, **attributes)

    def test_a_run_of_known_length(self):
        self.write_run(numpy.full(256, 0.5))
        told = self.plan("--ranks", "3,17,65,257", "--cores-per-node", "48")
        self.assertAlmostEqual(told["simulated_seconds"] / told["seconds"], 1, delta=0.01)
        # Rank 0 takes one rank away: 2, 16, 64 and 256 workers.
        self.assertEqual([each["workers"] for each in told["plans"]], [2, 16, 64, 256])
        for each, seconds in zip(told["plans"], (64, 8, 2, 0.5)):
            self.assertAlmostEqual(each["seconds"] / seconds, 1, delta=0.1)
        self.assertAlmostEqual(told["plans"][0]["core_hours"],
                               48 * told["plans"][0]["seconds"] / 3600)
        self.assertIsNone(self.plan("--ranks", "65")["knee"])
        # From 256 workers on each task has one; from 192 on each worker still has two or one.
        self.assertIn(self.plan("--ranks", "1025")["knee"], range(129, 258))

    def test_where_rank_0_works_no_rank_is_lost(self):
        self.write_run(numpy.full(64, 0.5), distribute=numpy.bytes_("processes"))
        self.assertEqual(self.plan("--ranks", "4")["plans"][0]["workers"], 4)

    def test_the_task_that_limits(self):
        self.write_run(numpy.concatenate([[10.0], numpy.full(90, 1.0)]))
        told = self.plan("--ranks", "33")["plans"][0]
        self.assertAlmostEqual(told["seconds"], 10, delta=0.1)
        self.assertEqual(told["limit"], 'item 0 of "work" (10 s)')
        text = self.starmap("plan", self.record, "--ranks", "5,33")
        self.assertIn("task_info.h5: complete\n", text)
        self.assertIn("limited by", text)
        self.assertRegex(text, r"Beyond \d+ ranks less than 5 % gain")

    def test_wrong_calls(self):
        self.write_run([1.0])
        for wrong in ([], ["--ranks", "0"], ["--ranks", "x"], ["--ranks", "4", "--policy", "best"]):
            self.starmap("plan", self.record, *wrong, code=2)
        records.write(self.record, records.tasks(0))
        self.assertIn("nothing to plan with",
                      self.starmap("plan", self.record, "--ranks", "4", code=2))


class Compare(Records):
    def test_what_got_slower(self):
        other = self.folder / "other.h5"
        random = numpy.random.default_rng(4)
        before = random.random(100) + 0.1
        after = before.copy()
        after[[17, 40]] += (5, 2)
        after[3] -= 0.05
        records.write(self.record, records.tasks(100, duration=before))
        # In another order, and with one task more.
        rows = records.tasks(101, duration=numpy.append(after, 1.0))
        rows = rows[random.permutation(101)]
        records.write(other, rows)
        told = self.json("compare", self.record, other)
        self.assertEqual(told["paired"], 100)
        self.assertEqual([each["task_no"] for each in told["slower"]], [18, 41])
        self.assertAlmostEqual(told["slower"][0]["after"] - told["slower"][0]["before"], 5)
        self.assertEqual([each["task_no"] for each in told["faster"]], [4])
        text = self.starmap("compare", self.record, other)
        self.assertRegex(text, r'"work" tasks +100 +101 +1.01')
        self.assertIn('task 18 of "work", 1 item', text)

    def test_names_and_starmaps_of_one_name(self):
        other = self.folder / "other.h5"
        rows = records.tasks(4, task_no=[1, 2, 1, 2], starmap=[1, 1, 2, 2], duration=[1, 1, 1, 1])
        records.write(self.record, rows)
        rows["duration"] = [1, 1, 1, 3]
        rows["starmap"] += 5 # other numbers: the second of the name is still the second
        records.write(other, rows)
        told = self.json("compare", self.record, other)
        self.assertEqual(told["paired"], 4)
        self.assertEqual(told["slower"], [{"name": "work", "task_no": 2, "items": 1,
                                           "before": 1.0, "after": 3.0}])
        rows["taskname"] = b"renamed"
        records.write(other, rows)
        text = self.starmap("compare", self.record, other)
        self.assertIn('"work" is only in the first record', text)
        self.assertIn('"renamed" is only in the second record', text)
        self.assertIn("No task is the same in both", text)
        self.starmap("compare", self.record, code=2)
        self.starmap("compare", self.record, self.folder / "none.h5", code=1)


if __name__ == "__main__":
    main()
