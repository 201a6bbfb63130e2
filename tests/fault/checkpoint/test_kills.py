"""Kills a whole job again and again, at random moments, and lets it resume, until it is done: the
answer is that of a job nobody has killed, no task runs again whose result was journaled, nothing is
left behind. CHECKPOINT_KILLS says how many kills there are, CHECKPOINT_SEED when they come."""

import os
import pathlib
import random
import shutil
import signal
import sqlite3
import struct
import sys
import time
import unittest
import unittest.mock

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "survival"))
from running import Runs, gone_within, of_this_run  # noqa: E402

KILLS = int(os.environ.get("CHECKPOINT_KILLS", "12"))
SEED = int(os.environ.get("CHECKPOINT_SEED", "20"))
BACKENDS = ("processes", 3, "threads", 2)
RESULT, ROWS = 3, 4  # kinds of entries
ROW_BYTES, TASK_NO_AT, STARMAP_AT = 181, 64, 104


class Kills(Runs):
    def setUp(self):
        super().setUp()
        self.checkpoint = self.folder / "job.checkpoint"
        self.notes = self.folder / "notes"

    def arguments(self, *more):
        return [str(self.notes), *more, f"--starmap-checkpoint={self.checkpoint}",
                "--starmap-workers=2"]

    def noted(self):
        return [int(line) for line in self.notes.read_text().split()] if self.notes.exists() else []

    def journaled(self):
        """The items whose results are in the journal. It is looked at in a copy, so that nothing of
        it changes."""
        copy = self.folder / "copy"
        copy.mkdir(exist_ok=True)
        for suffix in ("", "-wal"):
            (copy / f"job{suffix}").unlink(missing_ok=True)
            source = pathlib.Path(f"{self.checkpoint}{suffix}")
            if source.exists():
                shutil.copy(source, copy / f"job{suffix}")
        items = set()
        if (copy / "job").exists():
            database = sqlite3.connect(copy / "job")
            try:
                if database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                    items = self.items_of(database)
            finally:
                database.close()
        shutil.rmtree(copy)
        return items

    def items_of(self, database):
        """Those of the first stage have their rows of the record before their results."""
        items, with_row = set(), set()
        for kind, data in database.execute("SELECT kind, data FROM entry ORDER BY id"):
            if kind == ROWS:
                self.assertEqual(len(data) % ROW_BYTES, 0)
                for at in range(0, len(data), ROW_BYTES):
                    if struct.unpack_from("<I", data, at + STARMAP_AT)[0] == 1:
                        with_row.add(struct.unpack_from("<Q", data, at + TASK_NO_AT)[0] - 1)
            elif kind == RESULT and len(data) > 8:  # else it is a number of the third stage
                found = struct.unpack(f"<{len(data) // 8}q", data)
                self.assertEqual(found[0], len(found) - 1)
                items.update(found[1:])
                self.assertEqual({item for item in found[1:] if item < 150} - with_row, set(),
                                 "a result was kept and not its row")
        return items

    def kill(self, process):
        """As a node that fails would: all processes at once."""
        for _ in range(100):
            left = of_this_run(self.token)
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            if not left:
                break
            time.sleep(0.01)
        process.wait()
        self.assertEqual(gone_within(self.token, 10), {})

    def size(self):
        return [path.stat().st_size for path in self.folder.glob("job.checkpoint*")]

    def wait_for_moment(self, chance, process):
        """Half of the moments are any; the others come when the job has got somewhere, however slow
        the machine is: so many tasks have run, and the checkpoint was written since."""
        delay, tasks = chance.uniform(0.2, 1.0), chance.randint(1, 120)
        if chance.random() < 0.5:
            time.sleep(delay)
            return
        aim = len(self.noted()) + tasks
        while len(self.noted()) < aim and process.poll() is None:
            time.sleep(0.01)
        size = self.size()
        while self.size() == size and process.poll() is None:
            time.sleep(0.002)
        time.sleep(delay / 10)

    def test_resumes_after_any_number_of_kills(self):
        print(f"seed {SEED}, {KILLS} kills", flush=True)
        chance = random.Random(SEED)
        expected = self.run_on("no", str(self.folder / "notes_of_one"), "--starmap-task-info=none")
        self.assertEqual(expected.code, 0, expected)
        kills = jobs = effective = 0
        while kills < KILLS:
            jobs += 1
            for path in (self.checkpoint, self.notes):
                path.unlink(missing_ok=True)
            for path in self.folder.glob("task_info*"):
                path.unlink()
            runs, before, done = 0, set(), False
            while not done:
                ran_before = len(self.noted())
                backend = chance.choice(BACKENDS)
                runs += 1
                if kills < KILLS and runs <= 6:
                    process = self.start(backend, *self.arguments())
                    self.wait_for_moment(chance, process)
                    done = process.poll() is not None
                    if done:
                        out, err = process.communicate()
                        self.assertEqual((process.returncode, out), (0, expected.out), err)
                    else:
                        self.kill(process)
                        for pipe in (process.stdout, process.stderr):
                            pipe.close()
                        kills += 1
                else:
                    ended = self.run_on(backend, *self.arguments())
                    self.assertEqual((ended.code, ended.out), (0, expected.out), ended)
                    done = True
                ran = self.noted()[ran_before:]
                self.assertEqual(len(ran), len(set(ran)))
                self.assertEqual(before & set(ran), set(), "a journaled task ran again")
                after = self.journaled()
                self.assertLessEqual(before, after, "what was journaled is gone")
                effective += after > before and not done
                before = after
            self.assertEqual(len(before), 300)
            self.check_end(runs)
        self.assertGreater(effective, KILLS // 6, "kills came too early to show anything")
        print(f"{kills} kills of {jobs} jobs; {effective} runs had journaled something", flush=True)

    def check_end(self, runs):
        """Nothing is left behind, and the record has the rows of all runs."""
        names = {path.name for path in self.folder.iterdir()}
        self.assertEqual({name for name in names if not name.startswith("task_info")
                          and not name.startswith(".")},
                         {"job.checkpoint", "notes", "notes_of_one"})
        with h5py.File(self.folder / "task_info.h5") as record:
            rows = record["task_info"][:]
            sessions = rows["session"]
            self.assertTrue((sessions[1:] >= sessions[:-1]).all())
            self.assertLessEqual(sessions.max(), runs)
            self.assertEqual(set(rows["task_no"][rows["taskname"] == b"first"]),
                             set(range(1, 151)))

    def test_a_finished_job_answers_everything(self):
        first = self.run_on("processes", *self.arguments())
        self.assertEqual(first.code, 0, first)
        ran = len(self.noted())
        for backend in ("no", 3):
            again = self.run_on(backend, *self.arguments())
            self.assertEqual((again.code, again.out), (0, first.out), again)
        self.assertEqual((ran, len(self.noted())), (300, 300))

    def test_a_job_that_gets_nowhere_is_not_started_for_ever(self):
        first = self.run_on("no", *self.arguments())
        self.assertEqual(first.code, 0, first)
        with unittest.mock.patch.dict(os.environ, SLURM_RESTART_COUNT="7"):
            for _ in range(3):
                again = self.run_on("no", *self.arguments())
                self.assertEqual((again.code, again.out), (0, first.out), again)
            refused = self.run_on("no", *self.arguments())
        self.assertEqual(refused.code, 1, refused)
        self.assertIn("the last 3 runs have added nothing", refused.err)
        by_hand = self.run_on("no", *self.arguments())
        self.assertEqual((by_hand.code, by_hand.out), (0, first.out), by_hand)

    def test_what_is_another_job_is_refused(self):
        first = self.run_on("no", *self.arguments())
        for more, sentence in ((["name"], 'is "first", and here it is "other"'),
                               (["--starmap-seed=7"], "another seed (42, and this run has 7)")):
            for backend in ("processes", 2):
                ended = self.run_on(backend, *self.arguments(*more))
                self.assertNotEqual(ended.code, 0, ended)
                self.assertIn(sentence, ended.err)
        self.assertEqual(len(self.noted()), 300)
        self.checkpoint.write_text("no database at all")
        ended = self.run_on("no", *self.arguments())
        self.assertNotEqual(ended.code, 0)
        self.assertIn("it is no SQLite database", ended.err)
        self.assertEqual(first.code, 0, first)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
