"""The disk fills up: the run goes on, says so once, and keeps what was flushed before."""

import os
import subprocess
import sys

import h5py

from record_rows import (TASK_INFO, WRITER, check_rows, flushed_rows, info_rows,
                         scratch_directory, starmap, written)

SKIPPED = 77


def become_mounter():
    """Runs this script again where it may mount, in name spaces of its own."""
    if os.environ.get("STARMAP_TEST_UNSHARED"):
        return
    own = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    try:
        possible = subprocess.run([*own, "true"], capture_output=True, timeout=30).returncode == 0
    except FileNotFoundError:
        possible = False
    if not possible:
        print("skipped: no right to mount a file system")
        sys.exit(SKIPPED)
    os.environ["STARMAP_TEST_UNSHARED"] = "1"
    os.execvp(own[0], [*own, sys.executable, *sys.argv])


def fill(directory, size, mode):
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "starmap-test", directory]
    if subprocess.run(mount, capture_output=True, timeout=30).returncode != 0:
        print("skipped: tmpfs cannot be mounted")
        sys.exit(SKIPPED)
    try:
        path = os.path.join(directory, "task_info.h5")
        run = subprocess.run([WRITER, path, "0", "20", "0.002", *mode], capture_output=True,
                             text=True, timeout=60)
        assert run.returncode == 0, run
        assert run.stderr == "", f"noise on stderr: {run.stderr}"
        assert run.stdout.endswith(
            f"failure: Cannot go on recording in {path} (No space left on device): "
            "the run continues without further rows\n"), run.stdout
        assert run.stdout.count("failure") == 1
        flushed = flushed_rows(run.stdout)
        if not os.path.exists(path):
            assert os.listdir(directory) == []
            return 0
        assert os.listdir(directory) == ["task_info.h5"]
        rows, info = info_rows(path)
        assert info["state"] == "killed"
        check_rows(rows, flushed, "starmap info")
        with h5py.File(path, swmr=True, libver="latest") as file:
            check_rows(written(file["task_info"][:].astype(TASK_INFO)), flushed, "h5py")
        # There is no room for recover's copy: it has to say so and leave the record alone.
        full = subprocess.run([sys.argv[2], "recover", path], capture_output=True, text=True,
                              timeout=60)
        if flushed > 0:
            assert full.returncode == 1 and "No space left on device" in full.stderr, full
            assert full.stderr.count("\n") == 1, full.stderr
            assert os.listdir(directory) == ["task_info.h5"]
            subprocess.run(["mount", "-o", "remount,size=64m", directory], check=True, timeout=30)
            starmap("recover", path)
            with h5py.File(path) as file:
                check_rows(file["task_info"][:].astype(TASK_INFO), flushed, "recovered")
        return flushed
    finally:
        subprocess.run(["umount", directory], check=True, timeout=30)


become_mounter()
with scratch_directory() as scratch:
    most = 0
    for room in ("4k", "8k", "16k", "64k", "300k", "1m", "3m"):
        for how in ([], ["caller"]):
            most = max(most, fill(scratch, room, how))
    assert most > 2048, "never were there several chunks before the disk was full"
print("ok")
