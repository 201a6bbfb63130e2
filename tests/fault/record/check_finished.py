"""A finished record, as any HDF5 reader sees it: types, order of columns, values, attributes."""

import os
import subprocess

import h5py

from record_rows import (STATUSES, TASK_INFO, WRITER, check_rows, expected_rows, h5dump, info_rows,
                         scratch_directory, starmap)

COLUMNS = {
    "starmaps": "starmap:<u4 name:|S64 tasks:<u8 items:<u8 start:<f8 end:<f8 sent:<i8 "
                "received:<i8 policy:|S16 failures:<u8 moves:<u4 "
                "moved_items:<u8",
    "workers": "worker:<u4 rank:<i4 hostname:|S64 pid:<i8 cores:<u4 tasks:<u8 busy:<f8 first:<f8 "
               "last:<f8",
    "performance_data": "operation:|S64 time_sec:<f8 memory_mb:<f8 counts:<i8 task_no:<u8",
    "costs": "starmap:<u4 name:|S64 key:|S64 seconds:<f8 weight:<f8 units:<f8 per_weight:<f8 "
             "per_unit:<f8",
    "failures": "task_no:<u8 starmap:<u4 rank:<i4 attempt:<u2 item:<u8 error:|S512",
}
ROWS = 4321


def columns(dtype):
    return " ".join(f"{name}:{dtype[name].str}" for name in dtype.names)


with scratch_directory() as directory:
    for mode in ([], ["caller"]):
        path = os.path.join(directory, "task_info.h5")
        subprocess.run([WRITER, path, str(ROWS), "100", "0.01", *mode], check=True, timeout=60,
                       stdout=subprocess.DEVNULL)
        with h5py.File(path) as file:
            tasks = file["task_info"]
            assert columns(tasks.dtype) == columns(TASK_INFO), columns(tasks.dtype)
            assert h5py.check_enum_dtype(tasks.dtype["status"]) == {
                name: value for value, name in enumerate(STATUSES)}
            text = h5py.check_string_dtype(tasks.dtype["taskname"])
            assert (text.encoding, text.length) == ("utf-8", 64), text
            assert len(tasks) == ROWS
            check_rows(tasks[:].astype(TASK_INFO), ROWS, "h5py")
            assert set(file) == {"task_info", *COLUMNS}
            for name, expected in COLUMNS.items():
                assert columns(file[name].dtype) == expected, (name, columns(file[name].dtype))
                assert file[name].maxshape == (None,)
            starmaps = file["starmaps"][:]
            assert starmaps[["starmap", "name", "tasks", "end", "policy"]].tolist() == [
                (1, b"write", ROWS, 1.0, b"guided")]
            assert file["workers"]["hostname"].tolist() == [b"host0", b"host1", b"host2", b"host3"]
            assert len(file["performance_data"]) == (ROWS + 99) // 100
            attributes = dict(file.attrs)
            assert attributes.pop("starmap_version").count(b".") == 2
            assert attributes == {
                "command_line": b"record_writer", "start_time": b"2026-01-02T03:04:05Z",
                "mpi_library": b"none", "slurm_job_id": b"", "distribute": b"no",
                "num_workers": 4, "seed": 42, "complete": 1}, attributes
            kinds = {name: file.attrs[name].dtype.str for name in
                     ("num_workers", "seed", "complete")}
            assert kinds == {"num_workers": "<u4", "seed": "<u8", "complete": "|u1"}, kinds
        assert h5dump(path).count('"write') == ROWS + 1
        rows, info = info_rows(path)
        check_rows(rows, ROWS, "starmap info")
        assert len(rows) == ROWS and info["state"] == "complete"
        assert "task_info" in starmap("info", path)
        durations = expected_rows(ROWS)["duration"][::6]
        name, = info["names"]
        assert name["tasks"] == len(durations)
        assert abs(name["mean"] - durations.mean()) < 1e-12
        assert abs(name["stddev"] - durations.std()) < 1e-12
    # The second run moved the record of the first, and nothing else is left.
    assert sorted(os.listdir(directory)) == ["task_info.1.h5", "task_info.h5"]
print("ok")
