"""A record is read while it is written: by h5py, by the command; recover keeps its hands off."""

import os
import subprocess
import time

import h5py

from record_rows import (STARMAP, TASK_INFO, WRITER, check_rows, info_rows, scratch_directory,
                         written)

with scratch_directory() as directory:
    path = os.path.join(directory, "task_info.h5")
    writer = subprocess.Popen([WRITER, path, "0", "1", "0.005"], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while not os.path.exists(path):
            assert time.monotonic() < deadline, "no file appeared"
            time.sleep(0.001)
        seen = 0
        for _ in range(20):
            # From the first moment that the path exists it can be read.
            with h5py.File(path, swmr=True, libver="latest") as file:
                rows = written(file["task_info"][:].astype(TASK_INFO))
            assert len(rows) >= seen
            # Behind the last flush a row may be on its way; before it none may be.
            check_rows(rows, min(seen, len(rows)), "h5py")
            seen = len(rows)
            rows, info = info_rows(path)
            assert info["state"] == "writing", info["state"]
            assert not info["complete"]
            assert len(rows) >= seen
            check_rows(rows, seen, "starmap info")
            seen = len(rows)
        assert seen > 100, "the writer did not write"
        refused = subprocess.run([STARMAP, "recover", path], capture_output=True, text=True,
                                 timeout=60)
        assert refused.returncode == 2 and "still goes on" in refused.stderr, refused
        follower = subprocess.Popen([STARMAP, "info", "--follow", path], stdout=subprocess.PIPE,
                                    text=True)
        assert " attempts, " in follower.stdout.readline()
    finally:
        writer.kill()
        writer.wait()
    shown, _ = follower.communicate(timeout=60)  # ends when the writer is gone
    assert follower.returncode == 0 and "never closed" in shown, shown
    assert info_rows(path)[1]["state"] == "killed"
print("ok")
