#!/usr/bin/env python3
"""Every subcommand on records that were damaged, cut short or of somebody else: test_damaged.py
STARMAP LARGE_RECORD [FIRST_SEED CASES]. A case that fails is run again alone by its seed."""

import os
import pathlib
import random
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile

import h5py
import numpy

import records
from records import Records, main

FIRST_SEED, CASES = (int(argument) for argument in sys.argv[3:5] or (1, 300))
ALL_OF_THEM = 15  # every so many cases all subcommands read the file, else `info` alone
MOST_MEMORY = 2 << 30  # no length field of the file may be believed
SECONDS = 60
# Shadow memory is terabytes of addresses.
SANITIZED = b"__asan_init" in pathlib.Path(records.STARMAP).read_bytes()


def limit_resources():
    """Of this process, as a hook in each child costs more than the child."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not SANITIZED:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


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
                                  timeout=SECONDS, check=False)
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

    def check(self, file, what, commands):
        for arguments in commands:
            judgement = self.judged(arguments)
            self.assertIsNone(judgement, f"{what}: starmap {arguments[0]} {arguments[2:]}")

    @classmethod
    def originals(cls):
        """As numpy makes one, as the writer of a run does, and as a kill leaves one: in the oldest
        format, which has no checksums, in that of the writer, and not closed."""
        with tempfile.TemporaryDirectory(prefix="starmap_damaged_") as folder:
            record = pathlib.Path(folder) / "task_info.h5"
            rows = records.tasks(200, duration=1, start=numpy.arange(200), worker=0)
            rows["status"][::17] = 2
            more = {"failures": [(1, 1, 1, 1, 0, b"std::runtime_error: x")],
                    "operations": [(b"reading", 1, 2, 3, 4)]}
            records.write(record, rows, **more)
            yield bytes(record.read_bytes())
            record.unlink()
            subprocess.run([records.LARGE_RECORD, record, "300"], check=True)
            yield bytes(record.read_bytes())
            record.unlink()
            records.write_unclosed(record, rows, **more)
            yield bytes(record.read_bytes())

    def damage(self, seed, originals):
        chance = random.Random(seed)
        data = bytearray(originals[seed % len(originals)])
        kind = chance.choice(("bits", "bits", "bytes", "cut", "zeros", "swapped", "metadata"))
        if kind == "cut":
            del data[chance.randrange(len(data)):]
        elif kind == "zeros":
            at, size = chance.randrange(len(data)), chance.choice((8, 512, 4096))
            data[at:at + size] = bytes(len(data[at:at + size]))
        elif kind == "swapped":
            size = chance.choice((16, 512, 2048))
            one, other = (size * chance.randrange(len(data) // size) for _ in range(2))
            data[one:one + size], data[other:other + size] = (data[other:other + size],
                                                              data[one:one + size])
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
        print(f"seeds {FIRST_SEED} to {FIRST_SEED + CASES - 1}", flush=True)
        originals = list(self.originals())
        self.other.write_bytes(originals[0])
        for seed in range(FIRST_SEED, FIRST_SEED + CASES):
            kind = self.damage(seed, originals)
            commands = (self.commands(self.record) if seed % ALL_OF_THEM == 0 or CASES == 1
                        else [["info", self.record]])
            with self.subTest(seed=seed, kind=kind):
                self.check(self.record, f"seed {seed} ({kind})", commands)

    def test_files_that_crash_hdf5(self):
        """Found by changing bytes at random: with these sizes in the type of the status HDF5 1.10.8
        dies; other versions may refuse them."""
        records.write(self.other, records.tasks(20, duration=1, start=numpy.arange(20)))
        data = self.other.read_bytes()
        for before in (6, 7):
            broken = bytearray(data)
            broken[data.index(b"cancelled") - before] = 0xFF
            self.record.write_bytes(broken)
            self.check(self.record, f"{before} bytes before", self.commands(self.record))

    def test_a_crash_of_the_reader_is_told(self):
        """Which files crash HDF5 depends on its version; a signal from outside is as good."""
        records.write(self.record, records.tasks(3000, duration=1, start=numpy.arange(3000)))
        pipe = self.folder / "trace"
        os.mkfifo(pipe)
        for number in (signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGABRT):
            reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
            with subprocess.Popen([records.STARMAP, "trace", self.record, "-o", pipe], text=True,
                                  stderr=subprocess.PIPE) as command:
                self.assertTrue(select.select([reader], [], [], SECONDS)[0])
                command.send_signal(number)  # it is at work, and cannot end: the pipe is full
                told = command.communicate(timeout=SECONDS)[1]
            os.close(reader)
            self.assertEqual((command.returncode, told), (
                1, f"starmap: Cannot read {self.record} (the program died of {number.name} over "
                "it: it is damaged in a way that nobody has foreseen) Take another copy of it, if "
                "there is one\n"))

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
    limit_resources()
    main()
