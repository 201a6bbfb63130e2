#!/usr/bin/env python3
"""`starmap info` against numpy: test_info.py STARMAP LARGE_RECORD."""

import csv
import io
import json
import os
import struct
import subprocess

import h5py
import numpy

import records
from records import Records, main


def random_rows(seed, workers=3, starmaps=4, count=400):
    """Tasks one after another on each worker, some of them failed, in two Starmaps at a time."""
    random = numpy.random.default_rng(seed)
    rows = records.tasks(count)
    rows["starmap"] = 1 + numpy.arange(count) * starmaps // count
    rows["taskname"] = numpy.where(rows["starmap"] % 2 == 1, b"odd", b"even \"&,\xc3\xa9")
    rows["worker"] = random.integers(0, workers, count)
    rows["rank"] = rows["worker"] + 1
    rows["weight"] = random.gamma(2, 10, count)
    rows["duration"] = rows["weight"] * random.lognormal(0, 0.5, count) * 1e-2
    rows["status"] = random.choice([0, 0, 0, 0, 0, 1, 2, 5], count)
    rows["items"] = random.integers(1, 50, count)
    rows["unpack"], rows["pack"] = random.random((2, count)) * 1e-2
    rows["cpu"] = rows["duration"] * 0.9
    rows["mem_gb"] = random.random(count)
    rows["sent"], rows["received"] = random.integers(1, 10**6, (2, count))
    free = numpy.full(workers, 0.5)
    for row in rows:
        row["start"] = free[row["worker"]] + row["unpack"] + random.random() * 0.05
        free[row["worker"]] = row["start"] + row["duration"] + row["pack"]
    return rows


def time_use(rows, starmaps, workers):
    """By sweeping over a grid of moments, which knows nothing of phases as lists of windows."""
    rows = rows[rows["status"] != 5]
    begin, end = rows["start"] - rows["unpack"], rows["start"] + rows["duration"] + rows["pack"]
    last = max(end.max(), starmaps["end"].max())
    edges = numpy.unique(numpy.concatenate([[0, last], begin, end]))
    middles, widths = (edges[1:] + edges[:-1]) / 2, numpy.diff(edges)
    windows = [(begin[mine].min(), end[mine].max())
               for mine in (rows["starmap"] == number for number in numpy.unique(rows["starmap"]))]
    inside = numpy.any([(a < middles) & (middles < b) for a, b in windows], axis=0)
    use = dict.fromkeys(("imbalance", "manager", "startup"), 0.0)
    use["startup"] = workers * begin.min()
    use["manager"] = workers * widths[~inside].sum() - use["startup"]
    number = numpy.cumsum(numpy.diff(numpy.concatenate([[False], inside]).astype(int)) == 1)
    for worker in range(workers):
        mine = rows["worker"] == worker
        for phase in numpy.unique(number[inside]):
            part = inside & (number == phase)
            until = edges[1:][part].max()
            ends = end[mine & (end <= until + 1e-12) & (begin >= edges[:-1][part].min() - 1e-12)]
            use["imbalance"] += until - (ends.max() if ends.size else edges[:-1][part].min())
    use["useful"] = rows["duration"][rows["status"] == 0].sum()
    use["failed"] = rows["duration"][rows["status"] != 0].sum()
    use["dispatch"] = workers * last - sum(use.values())
    return {name: value / (workers * last) for name, value in use.items()}


class Figures(Records):
    def check_close(self, got, expected, what):
        self.assertTrue(numpy.isclose(got, expected, rtol=1e-9, atol=1e-12),
                        f"{what}: {got} is not {expected}")

    def check_name(self, told, rows):
        ok = rows[rows["status"] == 0]
        d, w = ok["duration"], ok["weight"]
        slope = (w * d).sum() / (w * w).sum()
        for name, value in {
                "tasks": len(ok), "items": ok["items"].sum(), "not_ok": len(rows) - len(ok),
                "total": d.sum(), "mean": d.mean(), "stddev": d.std(), "min": d.min(),
                "max": d.max(), "slowfac": d.max() / d.mean(), "seconds_per_weight": slope,
                "r_squared": numpy.corrcoef(w, d)[0, 1] ** 2, "cpu": ok["cpu"].sum(),
                "packing": (ok["unpack"] + ok["pack"]).sum(), "mem_gb": rows["mem_gb"].max(),
                "sent": rows["sent"].sum(), "received": rows["received"].sum()}.items():
            self.check_close(told[name], value, name)
        far = numpy.argsort(-numpy.abs(d - slope * w), kind="stable")[:3]
        self.assertEqual([each["task_no"] for each in told["outliers"]], list(ok["task_no"][far]))
        for each, at in zip(told["outliers"], far):
            self.check_close(each["expected"], slope * w[at], "expected")

    def test_numbers_are_numpys(self):
        for seed in range(3):
            with self.subTest(seed=seed):
                rows = random_rows(seed)
                starmaps = records.starmaps_of(rows)
                starmaps["end"][-1] += 0.7
                records.write(self.record, rows, starmaps, workers=3)
                told = self.json("info", self.record)
                self.assertEqual([each["name"] for each in told["names"]], ["odd", 'even "&,é'])
                self.check_name(told["names"][0], rows[rows["starmap"] % 2 == 1])
                self.check_name(told["names"][1], rows[rows["starmap"] % 2 == 0])
                busy = numpy.array([(mine["duration"] + mine["unpack"] + mine["pack"]).sum()
                                    for mine in (rows[rows["worker"] == i] for i in range(3))])
                self.check_close(told["imbalance"], busy.max() / busy.mean() - 1, "imbalance")
                for worker, seconds in zip(told["workers"], busy):
                    self.check_close(worker["busy_share"], seconds / told["span"], "busy")
                use = told["time_use"]
                for name, share in time_use(rows, starmaps, 3).items():
                    self.check_close(use[name], share, name)
                self.check_close(sum(use.values()) - use["worker_seconds"], 1, "all of it")
                ok = rows[rows["status"] == 0]
                slow = ok[numpy.argsort(-ok["duration"], kind="stable")[:10]]
                self.assertEqual([each["task_no"] for each in told["slowest"]],
                                 list(slow["task_no"]))
                self.assertEqual([each["hostname"] for each in told["slowest"]],
                                 [f"node{worker // 2}" for worker in slow["worker"]])

    def test_tasks_with_names_of_their_own(self):
        """As a farm of commands has them: one Starmap, a name and an exit code a row."""
        rows = records.tasks(6, duration=1, start=numpy.arange(6), worker=0, status=[0, 0, 1, 0, 2, 1],
                             exit_code=[0, 0, 3, 0, -11, 127],
                             taskname=[b"sim", b"sim", b"plot", b"plot", b"sim", b"plot"])
        starmaps = records.starmaps_of(rows)
        starmaps["name"] = b"commands"
        records.write(self.record, rows, starmaps, failures=[
            (3, 1, 1, 1, 2, b"cannot open x"), (5, 1, 1, 1, 4, b"it died of signal 11 (SIGSEGV)"),
            (6, 1, 1, 1, 5, b"not found")])
        told = self.json("info", self.record)
        self.assertEqual([(each["name"], each["tasks"], each["not_ok"]) for each in told["names"]],
                         [("sim", 2, 1), ("plot", 1, 2)])
        self.assertEqual([(each["name"], each["status"], each["exit_code"])
                          for each in told["failures"]],
                         [("plot", "failed", 3), ("sim", "crashed", -11), ("plot", "failed", 127)])
        text = self.starmap("info", self.record, "--failed")
        self.assertIn('task 3 of "plot", attempt 1, rank 1 on node0, item 2, exit code 3: cannot',
                      text)
        self.assertIn('item 4: it died of signal 11 (SIGSEGV)\n', text)
        self.assertIn('item 5, exit code 127: not found', text)
        self.assertEqual(len(self.json("info", self.record, "plot")["failures"]), 2)
        self.assertIn('(it has "commands", "plot", "sim")',
                      self.starmap("info", self.record, "plots", code=2))

    def test_nothing_ended_ok(self):
        records.write(self.record, records.tasks(3, duration=1, start=[0, 2, 4], worker=0,
                                                 status=2, exit_code=-9))
        self.assertEqual([each["topic"] for each in self.json("info", self.record)["advice"]],
                         ["failures"])

    def test_tables(self):
        rows = random_rows(7)
        records.write(self.record, rows, workers=3)
        told = self.json("info", self.record)

        def table(*arguments):
            return list(csv.DictReader(io.StringIO(self.starmap("info", self.record, "--csv",
                                                                *arguments))))
        for told_name, line in zip(told["names"], table()):
            self.assertEqual(line["name"], told_name["name"])
            for name, value in line.items():
                if name != "name":
                    self.check_close(float(value), told_name[name], name)
        self.assertEqual(len(table("odd")), 1)
        self.assertEqual([int(line["task_no"]) for line in table("--slowest", "25")],
                         [each["task_no"] for each in
                          self.json("info", self.record, "--slowest", "25")["slowest"]])
        lines = table("--rows")
        self.assertEqual(list(lines[0]), list(records.TASK_INFO.names))
        for name in ("duration", "start", "weight", "worker", "attempt"):
            self.assertTrue((numpy.array([float(line[name]) for line in lines])
                             == rows[name]).all(), name)

    def test_one_name_and_failures(self):
        rows = random_rows(3)
        names = records.starmaps_of(rows)
        failures = [(row["task_no"], row["starmap"], row["rank"], 1, row["task_no"] - 1,
                     f"std::runtime_error: no {row['task_no']}, really")
                    for row in rows if row["status"] in (1, 2)]
        records.write(self.record, rows, names, workers=3, failures=failures)
        told = self.json("info", self.record, "odd")
        odd = rows[rows["starmap"] % 2 == 1]
        self.assertEqual([each["name"] for each in told["names"]], ["odd"])
        self.check_name(told["names"][0], odd)
        text = self.starmap("info", self.record, "odd", "--failed")
        for number in odd["task_no"][numpy.isin(odd["status"], (1, 2))]:
            self.assertIn(f"std::runtime_error: no {number}, really\n", text)
        self.assertNotIn('"even', text)
        self.assertEqual(len(self.starmap("info", self.record, "--failed", "--csv").splitlines()),
                         1 + len(failures))
        self.assertRegex(self.starmap("info", self.record, "od", code=2),
                         r'"od" is no task of .* \(it has "even .*", "odd"\): give one of these')

    def test_columns_of_earlier_versions(self):
        rows = random_rows(5)
        records.write(self.record, rows, workers=3)
        told = self.json("info", self.record)
        with h5py.File(self.record, "a") as file:
            starmaps = file["starmaps"][:]
        old = starmaps[[n for n in starmaps.dtype.names if not n.startswith("moves")]]
        records.write(self.record, rows, old, workers=3, drop=("session", "cores"))
        self.assertEqual(self.json("info", self.record), told)
        records.write(self.record, rows, workers=3, drop=("duration",))
        self.assertIn("has no column duration", self.starmap("info", self.record, code=1))

    def test_following_a_run_that_has_ended_shows_it_once(self):
        records.write(self.record, random_rows(6), workers=3)
        self.assertEqual(self.starmap("info", self.record, "--follow"),
                         self.starmap("info", self.record))

    def test_nothing_yet(self):
        records.write(self.record, records.tasks(0))
        self.assertIn("No task has come back yet", self.starmap("info", self.record))
        self.assertEqual(self.json("info", self.record)["names"], [])

    def test_wrong_calls(self):
        records.write(self.record, records.tasks(1))
        for wrong in (["--rows"], ["--json", "--csv"], ["--slowest", "-1"], ["--follow", "--json"],
                      ["--nothing"], ["a", "b"]):
            self.starmap("info", self.record, *wrong, code=2)

    def test_damaged_files(self):
        records.write(self.record, random_rows(1), workers=3)
        whole = self.record.read_bytes()
        for part in (0, 10, 500, len(whole) // 2, len(whole) - 1):
            self.record.write_bytes(whole[:part])
            self.assertIn(str(self.record), self.starmap("info", self.record, code=1))
        # Bytes that are wrong may go unnoticed, or be refused; in what Starmap writes, HDF5 has
        # checksums of all but the rows.
        self.record.unlink()
        subprocess.run([records.LARGE_RECORD, self.record, "3000"], check=True)
        whole = self.record.read_bytes()
        random = numpy.random.default_rng(1)
        for _ in range(40):
            broken = bytearray(whole)
            for at in random.integers(0, len(whole), 20):
                broken[at] = random.integers(0, 256)
            self.record.write_bytes(broken)
            done = subprocess.run([records.STARMAP, "info", self.record], capture_output=True,
                                  timeout=60, check=False)
            self.assertIn(done.returncode, (0, 1), done)

    def test_a_number_of_rows_that_cannot_be(self):
        operations = [(b"reading", 1.0, 1.0, 1, 1)] * 4321
        records.write(self.record, random_rows(1), workers=3, operations=operations)
        whole = self.record.read_bytes()
        self.record.write_bytes(whole.replace(struct.pack("<Q", 4321), struct.pack("<Q", 1 << 40)))
        self.assertIn("its performance_data is damaged: the file has no room for its 1099511627776",
                      self.starmap("info", self.record, code=1))

    def test_numbers_that_are_none(self):
        rows = random_rows(8)
        random = numpy.random.default_rng(8)
        for name in ("duration", "weight", "start", "unpack", "pack", "cpu", "mem_gb"):
            for value in (numpy.nan, numpy.inf, -numpy.inf, -1.0):
                rows[name][random.integers(0, len(rows), 40)] = value
        operations = [(b"a%d" % i, numpy.nan if i % 3 else i, 1.0, 1, 1) for i in range(50)]
        records.write(self.record, rows, records.starmaps_of(random_rows(8)), workers=3,
                      operations=operations)
        self.assertEqual(len(self.json("info", self.record)["slowest"]), 10)
        self.starmap("info", self.record, "--slowest", "300")
        self.starmap("plan", self.record, "--ranks", "4,64")
        self.starmap("compare", self.record, self.record)
        self.starmap("trace", self.record, "-o", self.folder / "trace.json")

    def test_a_column_of_another_type(self):
        rows = random_rows(1)
        dtype = [(name, "f8" if name == "task_no" else rows.dtype[name])
                 for name in rows.dtype.names]
        records.write(self.record, rows.astype(dtype), records.starmaps_of(rows))
        self.assertIn("the column task_no of its task_info is of another type",
                      self.starmap("info", self.record, code=1))


class Large(Records):
    def peak(self, rows):
        """Memory that the command has taken for so many rows [KiB]; its figures are checked."""
        subprocess.run([records.LARGE_RECORD, self.record, str(rows)], check=True)
        output = self.folder / "figures.json"
        with output.open("w", encoding="utf-8") as file:
            command = subprocess.Popen([records.STARMAP, "info", "--json", self.record],
                                       stdout=file)
            _, status, usage = os.wait4(command.pid, 0)
        command.returncode = status # it has been waited for
        self.assertEqual(status, 0)
        name = json.loads(output.read_text(encoding="utf-8"))["names"][0]
        i = numpy.arange(rows)
        duration = 1e-3 * (1 + i % 97) * (1 + 0.1 * numpy.sin(i))
        self.assertEqual(name["tasks"], rows)
        self.assertAlmostEqual(name["mean"], duration.mean(), delta=1e-12)
        self.assertAlmostEqual(name["stddev"], duration.std(), delta=1e-12)
        self.record.unlink()
        return usage.ru_maxrss

    def test_memory_does_not_grow_with_rows(self):
        # 200,000 rows are 34 MiB.
        self.assertLess(self.peak(200_000) - self.peak(20_000), 10 * 1024)


if __name__ == "__main__":
    main()
