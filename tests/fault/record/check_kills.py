"""The writer is killed at random moments: no flushed row is lost, whoever reads the record."""

import os
import random
import subprocess
import time

import h5py

from record_rows import (TASK_INFO, WRITER, check_rows, flushed_rows, h5dump, info_rows,
                         scratch_directory, starmap, written)

SEED = 20260102
KILLS = 60
print("seed", SEED)
chance = random.Random(SEED)


def kill_once(directory, number):
    path = os.path.join(directory, f"{number}.h5")
    batch = chance.choice([1, 7, 50, 400])
    mode = chance.choice([[], ["caller"]])
    command = [WRITER, path, "0", str(batch), "0.0002", *mode]
    with open(os.path.join(directory, "told"), "w+", encoding="ascii") as told:
        writer = subprocess.Popen(command, stdout=told)
        after = chance.uniform(0, 0.1)
        # On a busy machine most would be killed before they begin; some are to be.
        give_up = time.monotonic() + 10
        while number % 8 != 0 and os.fstat(told.fileno()).st_size == 0:
            if time.monotonic() > give_up:
                break
            time.sleep(0.001)
        time.sleep(after)
        writer.kill()
        writer.wait()
        told.seek(0)
        flushed = flushed_rows(told.read())
    if not os.path.exists(path):
        assert flushed == 0
        return 0
    rows, info = info_rows(path)
    assert info["state"] == "killed", info["state"]
    check_rows(rows, flushed, f"starmap info, kill {number}")
    with h5py.File(path, swmr=True, libver="latest") as file:
        check_rows(written(file["task_info"][:].astype(TASK_INFO)), flushed, f"h5py {number}")
    starmap("recover", path)
    with h5py.File(path) as file:
        check_rows(file["task_info"][:].astype(TASK_INFO), flushed, f"recovered {number}")
        assert len(file["task_info"]) == len(rows)
        assert file.attrs["complete"] == 0
        if flushed > 0:
            assert file["workers"]["hostname"].tolist() == [b"host0", b"host1", b"host2", b"host3"]
            assert file["starmaps"]["tasks"][0] > 0
    if number % 10 == 0:
        h5dump(path)
    assert info_rows(path)[1]["state"] == "failed"
    os.unlink(path)
    return flushed


with scratch_directory() as scratch:
    counts = [kill_once(scratch, number) for number in range(KILLS)]
    print("flushed rows at the kills:", sorted(counts))
    assert sum(count > 0 for count in counts) >= 50, "too few kills hit a run that wrote"
    assert max(counts) > 2048, "no kill hit a record of several chunks"
print("ok")
