"""One task of a run is run again alone: in the process that is started, with the items, the seed and
the results of earlier Starmaps that it had, or with a sentence why not."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import h5py

PROGRAM, CASUALTIES, *LAUNCHER = sys.argv[1:]
RECORD = "task_info.h5"
FIRST_SUBMITTED = 2**62


class Replay(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="starmap_replay_"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def call(self, program, *arguments, launcher=()):
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith("STARMAP_")}
        environment |= {"STARMAP_LOG": "warning", "STARMAP_PROGRESS": "none"}
        return subprocess.run([*launcher, program, *map(str, arguments)], cwd=self.folder,
                              env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=60)

    def replay(self, what, program, *arguments, launcher=()):
        """Its exit code, what its tasks have printed, and stderr; leaves all files as they are."""
        before = {path: path.read_bytes() for path in self.folder.iterdir()}
        ended = self.call(program, *arguments, f"--starmap-replay={what}", launcher=launcher)
        self.assertEqual(before, {path: path.read_bytes() for path in self.folder.iterdir()})
        self.assertNotIn("sum", ended.stdout)
        return ended.returncode, ran(ended.stdout), ended.stderr

    def rows(self):
        with h5py.File(self.folder / RECORD) as record:
            return [row for row in record["task_info"][:] if row["taskname"] == b"work"]

    def record(self, *arguments, seed=7):
        whole = self.call(PROGRAM, *arguments, "--starmap-workers=2", f"--starmap-seed={seed}")
        self.assertEqual(whole.returncode, 0, whole.stderr)
        return ran(whole.stdout)

    def check_rows(self, form, values, rows):
        for row in rows:
            code, again, err = self.replay(f"{RECORD}#2#{row['task_no']}", PROGRAM, form)
            with self.subTest(form=form, row=row):
                self.assertEqual(code, 0, err)
                self.assertEqual(len(again), row["items"], err)
                self.assertEqual(again, {item: values.get(item) for item in again})
                self.assertRegex(err, rf"replay: task {row['task_no']} of work \(Starmap 2\)")
                self.assertIn(f"result {row['received']} bytes", err)

    def test_each_form_with_the_same_items_and_random_numbers(self):
        for form in ("starmap", "map", "keyed", "guided", "fixed", "stream", "submit"):
            values = self.record(form)
            rows = sorted(self.rows(), key=lambda row: row["items"])
            self.check_rows(form, values, [rows[0], rows[-1]])
            shutil.move(self.folder / RECORD, self.folder / "last.h5")

    def test_one_that_another_task_has_submitted(self):
        values = self.record("emit")
        row = max(self.rows(), key=lambda row: row["task_no"])
        self.assertGreater(row["task_no"], FIRST_SUBMITTED)
        code, again, err = self.replay(f"{RECORD}#{row['task_no']}", PROGRAM, "emit")
        self.assertEqual(code, 0, err)
        self.assertEqual(again, {item: values[item] for item in again})
        self.assertGreater(len(again), 1)  # those before it had to be run

    def test_an_item_in_the_middle_of_a_chunk_and_one_of_a_run_without_a_record(self):
        values = self.record("stream")
        inside = int(next(row for row in self.rows() if row["items"] > 2)["task_no"]) + 1
        code, again, err = self.replay(f"{RECORD}#work#{inside}", PROGRAM, "stream")
        self.assertEqual((code, again), (0, {inside - 1: values[inside - 1]}), err)
        (self.folder / RECORD).unlink()
        for where in ("work", "2"):
            code, again, err = self.replay(f"{where}#{inside}", PROGRAM, "stream",
                                           "--starmap-workers=2", "--starmap-seed=7")
            self.assertEqual((code, again), (0, {inside - 1: values[inside - 1]}), err)
        code, again, err = self.replay("work#5", PROGRAM, "guided")
        self.assertEqual((code, again), (1, {}))
        self.assertIn("no row of a record tells them", err)

    def test_under_the_launcher_the_first_rank_does_it(self):
        values = self.record("starmap")
        code, again, err = self.replay(f"{RECORD}#2#3", PROGRAM, "starmap",
                                       launcher=[*LAUNCHER, "3"])
        self.assertEqual((code, again), (0, {2: values[2]}), err)

    def test_a_task_that_dies_takes_the_process_with_it_as_it_did(self):
        for way, form, code in (("segv", "map", -11), ("abort", "starmap", -6),
                                ("exit", "apply", 7), ("throw", "map", 1)):
            with self.subTest(way=way, form=form):
                self.assertEqual(self.call(CASUALTIES, way, form).returncode, 0)
                task = 4 if form == "apply" else 20
                got, _, err = self.replay(f"{RECORD}#{task}", CASUALTIES, way, form)
                self.assertEqual(got, code, err)
                self.assertIn(f"replay: task {task} of work", err)
                if way == "throw":
                    self.assertIn("replay: failed after", err)
                    self.assertIn("at task 20 (item 19): int", err)
                else:
                    self.assertIn(f"recorded: crashed (exit code {code})", err)
                shutil.move(self.folder / RECORD, self.folder / "last.h5")

    def test_no_task_of_this_name_place_or_number(self):
        self.record("starmap")
        (self.folder / "text").write_text("nothing")
        for what, code, words in (
                ("there.h5#3", 2, "there is no record there.h5"),
                ("text#3", 2, "not an HDF5 file"),
                (f"{RECORD}#3", 2, r"in several Starmaps: 1 \(draw\), 2 \(work\)"),
                (f"{RECORD}#2#61", 2, "has no task 61 in a Starmap 2"),
                (f"{RECORD}#rest#1", 2, "has no task 1 in a Starmap rest"),
                (RECORD, 2, "it names no task"),
                (f"{RECORD}#two", 2, "it is not a whole number"),
                (f"{RECORD}#0", 2, "tasks are numbered from 1"),
                ("work#61", 1, "There is no task 61"),
                ("rest#1", 1, r"rest#1 was not met .*\(its Starmaps: draw, work\)")):
            ended = self.call(PROGRAM, "starmap", f"--starmap-replay={what}",
                              "--starmap-workers=2", "--starmap-seed=7")
            with self.subTest(what=what):
                self.assertEqual(ended.returncode, code, ended.stderr)
                self.assertTrue(re.search(words, ended.stderr), ended.stderr)

    def test_what_has_changed_is_refused(self):
        self.record("map")
        whole = next(row for row in self.rows() if row["task_no"])
        what = f"{RECORD}#2#{whole['task_no']}"
        for arguments, words in ((("map", 60, 2), "its weight is"),
                                 (("map", 3), "now, and had 60"),
                                 (("starmap",), "")):
            code, again, err = self.replay(what, PROGRAM, *arguments)
            with self.subTest(arguments=arguments):
                self.assertEqual((code, again), (1, {}), err)
                self.assertIn(words, err)
                self.assertIn("was written by another command (replayed map)", err)
                self.assertIn("cannot be replayed", err)
        code, _, err = self.replay(f"{RECORD}#1#5", CASUALTIES, "none")
        self.assertEqual(code, 1)
        self.assertIn("Starmap 1 of this run is work, and was draw", err)

    def test_a_checkpoint_answers_what_comes_before(self):
        checkpoint = "--starmap-checkpoint=kept"
        values = self.record("map", checkpoint)
        row = self.rows()[0]
        ended = self.call(PROGRAM, "map", checkpoint,
                          f"--starmap-replay={RECORD}#2#{row['task_no']}", "--starmap-log=info")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        again = ran(ended.stdout)
        self.assertEqual(again, {item: values[item] for item in again})
        self.assertEqual(len(again), row["items"])
        self.assertNotRegex(ended.stderr, "Submitting 60 .draw. tasks")


def ran(out):
    """The values that the tasks have printed, by item."""
    return {int(item): int(value) for item, value in re.findall(r"^ran (\d+) (\d+)$", out, re.M)}


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
