#!/usr/bin/env python3
"""A disk that fills up while the record is written, as calling.py describes. Where no small file
system may be mounted it is skipped."""

import subprocess

from calling import Calls, main


class FullDisk(Calls):
    def setUp(self):
        super().setUp()
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", self.disk],
                                 capture_output=True, check=False)
        if mounted.returncode != 0:
            self.skipTest("no file system may be mounted")
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=False)

    def test_the_answer_comes_all_the_same(self):
        for ranks in (None, 3):
            with self.subTest(ranks=ranks):
                ended = self.call("case", "many_rows", ranks=ranks, timeout=60,
                                  env={"STARMAP_TASK_INFO": "disk/run.h5"})
                self.assertEqual(ended.out, "sum 1\n")
                self.assert_ends(ended, 1, "disk/run.h5", "No space left")
                for path in self.disk.iterdir():
                    path.unlink()

    def test_a_disk_that_is_full_from_the_start(self):
        with open(self.disk / "filler", "wb") as filler:
            try:
                while True:
                    filler.write(bytes(65536))
                    filler.flush()
            except OSError:
                pass
        ended = self.call("case", "answer", ranks=2, env={"STARMAP_TASK_INFO": "disk/run.h5"})
        self.assert_ends(ended, 1, "disk/run.h5", "No space left")


if __name__ == "__main__":
    main()
