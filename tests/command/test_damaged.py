#!/usr/bin/env python3
"""Every subcommand on records that were damaged, cut short or of somebody else: test_damaged.py
STARMAP LARGE_RECORD [FIRST_SEED CASES]. A case that fails is run again alone by its seed."""

import pathlib
import random
import resource
import shutil
import signal
import subprocess
import sys

import h5py
import numpy

import records
from records import Records, main

FIRST_SEED, CASES = (int(argument) for argument in sys.argv[3:5] or (1, 10))
MOST_MEMORY = 2 << 30  # no length field of the file may be believed
SECONDS = 60
# Shadow memory is terabytes of addresses.
SANITIZED = b"__asan_init" in pathlib.Path(records.STARMAP).read_bytes()


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Damaged(Records):
    def setUp(self):
        super().setUp()
        self.other = self.folder / "other.h5"
        self.copy = self.folder / "copy.h5"

    def commands(self, file):
        shutil.copy(file, self.copy)  # recover changes it
        return (["info", file], ["info", file, "--json", "--rows"], ["info", file, "--csv"],
                ["info", file, "--failed"], ["info", file, "work"],
                ["plan", file, "--ranks", "2,8"], ["compare", file, self.other],
                ["compare", self.other, file],
                ["trace", file, "-o", self.folder / "trace.json"],
                ["report", file, "-o", self.folder / "report.html"], ["recover", self.copy])

    def judged(self, arguments):
        """The exit code, and whether it is one that a user may get, with a sentence if not 0."""
        try:
            done = subprocess.run([records.STARMAP, *map(str, arguments)], capture_output=True,
                                  timeout=SECONDS, check=False,
                                  preexec_fn=None if SANITIZED else limit_memory)
        except subprocess.TimeoutExpired:
            return "hangs"
        if done.returncode < 0:
            return f"dies of {signal.Signals(-done.returncode).name}"
        text = done.stderr.decode(errors="replace")
        if done.returncode not in (0, 1, 2) or (done.returncode != 0 and not text.strip()):
            return f"exit code {done.returncode} with: {text!r}"
        if "HDF5-DIAG" in text or len(text) > 2000 or (done.returncode == 0 and text):
            return f"says {text[:500]!r}"
        return None

    def check(self, file, what):
        for arguments in self.commands(file):
            judgement = self.judged(arguments)
            self.assertIsNone(judgement, f"{what}: starmap {arguments[0]} {arguments[2:]}")

    def original(self, seed):
        """One that numpy has made, or one that the writer of a run has, with its kind of chunks."""
        if seed % 2 == 0:
            subprocess.run([records.LARGE_RECORD, self.other, "300"], check=True)
        else:
            rows = records.tasks(200, duration=1, start=numpy.arange(200), worker=0)
            rows["status"][::17] = 2
            records.write(self.other, rows, failures=[(1, 1, 1, 1, 0, b"std::runtime_error: x")],
                          operations=[(b"reading", 1, 2, 3, 4)])
        return bytearray(self.other.read_bytes())

    def damage(self, seed):
        chance = random.Random(seed)
        data = self.original(seed)
        kind = chance.choice(("bits", "bits", "bytes", "cut", "zeros", "metadata"))
        if kind == "cut":
            del data[chance.randrange(len(data)):]
        elif kind == "zeros":
            at = chance.randrange(len(data))
            data[at:at + chance.choice((8, 512, 4096))] = bytes(len(data[at:at + 512]))
        else:
            # The metadata lie, on the whole, at the beginning.
            end = min(len(data), 4096) if kind == "metadata" else len(data)
            for _ in range(chance.choice((1, 4, 32))):
                at = chance.randrange(end)
                data[at] = (data[at] ^ 1 << chance.randrange(8) if kind == "bits"
                            else chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256))))
        self.record.write_bytes(data)
        return kind

    def test_seeded_damage(self):
        for seed in range(FIRST_SEED, FIRST_SEED + CASES):
            kind = self.damage(seed)
            with self.subTest(seed=seed, kind=kind):
                self.check(self.record, f"seed {seed} ({kind})")

    def test_no_record(self):
        records.write(self.other, records.tasks(3, duration=1, start=[0, 1, 2]))
        files = {"empty": b"", "text": b"not a record\n" * 100, "zeros": bytes(10000),
                 "signature": b"\x89HDF\r\n\x1a\n", "elf": pathlib.Path("/bin/true").read_bytes()}
        for name, data in files.items():
            self.record.write_bytes(data)
            for arguments in self.commands(self.record):
                with self.subTest(file=name, command=arguments[:1]):
                    self.assertIn(str(self.folder), self.starmap(*arguments, code=1))
        with h5py.File(self.record, "w") as file:
            file["numbers"] = [1, 2, 3]
        for arguments in self.commands(self.record):
            with self.subTest(file="foreign", command=arguments[:1]):
                self.assertIn(str(self.folder), self.starmap(*arguments, code=1))
        for file in (self.folder, self.folder / "none.h5"):
            for arguments in (["info", file], ["plan", file, "--ranks", "2"], ["recover", file],
                              ["compare", file, self.other], ["trace", file, "-o", self.copy], ["report", file]):
                with self.subTest(file=file.name, command=arguments[0]):
                    self.assertIn(str(file), self.starmap(*arguments, code=1))


if __name__ == "__main__":
    main()
