"""The kernel's OOM killer, in a cgroup that is made for it: for that one must be root."""

import os
import pathlib
import unittest

from running import Runs

ITEMS = 40
DEAD = (19, 39)
LIMIT = 500 << 20


def make_cgroup():
    """A cgroup whose memory is limited, of version 1 or 2; None where none can be had."""
    for root, limits in (("memory", ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes")),
                         ("", ("memory.max", "memory.swap.max"))):
        folder = pathlib.Path("/sys/fs/cgroup") / root / f"starmap_test_{os.getpid()}"
        try:
            folder.mkdir()
        except OSError:
            continue
        try:
            (folder / limits[0]).write_text(str(LIMIT), encoding="ascii")
        except OSError:
            folder.rmdir()
            continue
        try:
            swap = str(LIMIT) if root else "0"
            (folder / limits[1]).write_text(swap, encoding="ascii")
        except OSError:  # without swap there is no such limit
            pass
        return folder
    return None


class OutOfMemory(Runs):
    def setUp(self):
        super().setUp()
        self.cgroup = make_cgroup()
        if self.cgroup is None:
            self.skipTest("no cgroup can be made here")
        self.addCleanup(self.cgroup.rmdir)

    def start(self, backend, *arguments, **popen):
        enter = self.cgroup / "cgroup.procs"
        return super().start(backend, *arguments, **popen,
                             preexec_fn=lambda: enter.write_text("0", encoding="ascii"))

    def test_what_the_kernel_kills_is_told_as_that(self):
        for backend in ("processes", 3):
            with self.subTest(backend=backend):
                ended = self.run_on(backend, "devour", "map")
                self.assertEqual((ended.code, ended.sum), (0, sum(range(ITEMS)) - sum(DEAD)), ended)
                self.assertEqual(sorted(f.item for f in ended.failures), list(DEAD), ended)
                for failure in ended.failures:
                    self.assertEqual((failure.status, failure.code), ("memory", -9), ended)
                    self.assertIn("for want of memory", failure.text)


if __name__ == "__main__":
    SUITE = unittest.defaultTestLoader.loadTestsFromTestCase(OutOfMemory)
    RESULT = unittest.TextTestRunner().run(SUITE)
    if RESULT.skipped:
        print("test_oom: SKIPPED,", RESULT.skipped[0][1])
    raise SystemExit(not RESULT.wasSuccessful())
