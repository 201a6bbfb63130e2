#!/usr/bin/env python3
"""A farm that stops itself: after so many failures, or when nobody reads what it prints."""

from farming import RANKS, Farms, main


class Halting(Farms):
    def test_halt_after(self):
        self.write("list", *["sh -c 'echo x >> ran; exit 1'"] * 4,
                   *["sh -c 'sleep 0.2; echo y >> ran'"] * 60)
        for ranks in (None, 3):
            for option in ("--halt-after=2", "--on-failure=raise"):
                with self.subTest(ranks=ranks, option=option):
                    (self.folder / "ran").unlink(missing_ok=True)
                    ended = self.farm("list", "--fresh", option, ranks=ranks)
                    self.assert_ends(ended, 3)
                    self.assert_logged(ended, "stopped: ", "failed")
                    self.assert_logged(ended, "not run|at least")
                    self.assertLess(len(self.lines("ran")), 30)

    def test_halt_after_on_every_backend(self):
        self.write("list", "false", *["sh -c 'sleep 0.1; echo y >> ran'"] * 60)
        for distribute in ("no", "threads", "processes"):
            with self.subTest(distribute=distribute):
                (self.folder / "ran").unlink(missing_ok=True)
                ended = self.farm("list", "--fresh", "--halt-after=1",
                                  env={"STARMAP_DISTRIBUTE": distribute})
                self.assert_ends(ended, 3)
                self.assert_logged(ended, r"1 command failed \(--halt-after=1\): nothing more is")
                self.assertLess(len(self.lines("ran")), 30)
                left = self.left("list")
                self.assertEqual(len(left), 60 - len(self.lines("ran")))
                self.assert_ends(self.farm("list"), 3)
                self.assertEqual(len(self.lines("ran")), 60)

    def test_nobody_reads_what_is_printed(self):
        self.write("list", *(f"sh -c 'sleep 0.1; echo {i} >> ran; echo {i}'" for i in range(60)))
        process, _ = self.start_farm("list")
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        self.assertEqual(process.wait(timeout=60), 1, err)
        self.assertIn("nobody reads the output any more: nothing more is begun", err)
        ran = len(self.lines("ran"))
        self.assertLess(ran, 40)
        self.assertEqual(len(self.left("list")), 60 - ran)

    def test_what_runs_when_the_farm_halts_has_the_grace_to_end(self):
        self.write("list", "sh -c 'echo $$ >> began; exec sleep 300'  #STARMAP weight=9",
                   "sh -c 'while ! test -e began; do sleep 0.05; done; exit 1'  #STARMAP weight=8",
                   "true")
        for ranks in (None, 3):
            with self.subTest(ranks=ranks):
                (self.folder / "began").unlink(missing_ok=True)
                ended = self.farm("list", "--fresh", "--halt-after=1", "--starmap-grace=2",
                                  "--grace=0.5", ranks=ranks)
                self.assert_ends(ended, 3)
                self.assert_logged(ended, "stopped: 1 command failed")
                self.assertIn("1 failed", ended.err)  # and sleep, which was ended, has not
                self.assertIn("exec sleep", "".join(self.left("list")))


if __name__ == "__main__":
    main()
