"""The rows that record_writer writes, and the programs that the checks call."""

import json
import subprocess
import sys
import tempfile

import numpy

STATUSES = ["ok", "failed", "crashed", "timeout", "memory", "cancelled"]
WRITER, STARMAP, H5DUMP = sys.argv[1:4]

TASK_INFO = numpy.dtype([
    ("taskname", "S64"), ("task_no", "<u8"), ("weight", "<f8"), ("duration", "<f8"),
    ("received", "<i8"), ("mem_gb", "<f8"), ("starmap", "<u4"), ("items", "<u4"),
    ("start", "<f8"), ("wait", "<f8"), ("cpu", "<f8"), ("sent", "<i8"), ("unpack", "<f8"),
    ("pack", "<f8"), ("rank", "<i4"), ("worker", "<u4"), ("attempt", "<u2"), ("status", "u1"),
    ("exit_code", "<i4"), ("session", "<u2"), ("cores", "<u4")])


def expected_rows(count):
    """The first rows, by the rule of record_writer.cpp."""
    i = numpy.arange(count)
    x = i.astype("f8")
    rows = numpy.zeros(count, TASK_INFO)
    rows["taskname"] = b"write"
    rows["task_no"] = i + 1
    rows["weight"] = x * 0.1
    rows["duration"] = 1 / (x + 1)
    rows["received"] = i * 3
    rows["mem_gb"] = x / 7
    rows["starmap"] = 1
    rows["items"] = i % 1000 + 1
    rows["start"] = x * 1e-3
    rows["wait"] = x * 1e-9
    rows["cpu"] = x * 0.7
    rows["sent"] = i * 5
    rows["unpack"] = x * 1e-6
    rows["pack"] = x * 1e-5
    rows["rank"] = i % 4 + 1
    rows["worker"] = i % 4
    rows["attempt"] = i % 3 + 1
    rows["status"] = i % 6
    rows["exit_code"] = -(i % 16)
    rows["session"] = 1
    rows["cores"] = 1
    return rows


def written(rows):
    """Without the rows behind the last flush that a kill left unwritten or half-written."""
    return rows[(rows["task_no"] != 0) & (rows["attempt"] != 0)]


def check_rows(rows, at_least, where):
    """Every flushed row has to be there, to the last bit; what comes behind it may be cut short."""
    assert len(rows) >= at_least, f"{where}: {len(rows)} rows of {at_least} flushed"
    flushed = rows[:at_least]
    assert flushed.tobytes() == expected_rows(at_least).tobytes(), f"{where}: other rows"


def info_rows(path):
    """The rows as `starmap info` reads them, and all else it says."""
    info = json.loads(starmap("info", "--json", "--rows", path))
    columns = info["task_info"]
    rows = numpy.zeros(len(columns["task_no"]), TASK_INFO)
    for name in TASK_INFO.names:
        if name == "status":
            rows[name] = [STATUSES.index(status) for status in columns[name]]
        elif rows.size:
            rows[name] = columns[name]
    return rows, info


def starmap(*arguments):
    """The output of the command, which has to succeed and be silent on stderr."""
    done = subprocess.run([STARMAP, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and done.stderr == "", (arguments, done)
    return done.stdout


def h5dump(path):
    """Has h5dump read everything in the file."""
    done = subprocess.run([H5DUMP, path], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return done.stdout


def flushed_rows(text):
    """The last number of flushed rows that the writer told in whole."""
    lines = [line for line in text.split("\n")[:-1] if line.startswith("flushed ")]
    return int(lines[-1].split()[1]) if lines else 0


def scratch_directory(**options):
    return tempfile.TemporaryDirectory(prefix="starmap-record-", **options)
