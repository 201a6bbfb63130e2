#!/usr/bin/env python3
"""Progress and the closing line of a real run, on a terminal and elsewhere: test_progress.py
MANDELBROT."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
import unittest

MANDELBROT = os.path.abspath(sys.argv[1])
TASKS = ["--starmap-distribute=processes", "--starmap-workers=2", "--starmap-task-info=none"]
ENVIRONMENT = {name: value for name, value in os.environ.items()
               if not name.startswith("STARMAP_")}
CLOSING = re.compile(r"INFO\] Starmap: \d+ tasks in [\d.]+ m?s on 2 workers: \d+% busy; rank 0 \d+%"
                     r".*; mean task .*; tail ")


class Screen:
    """As much of a terminal as the display needs; anything else is an error."""

    def __init__(self, columns):
        self.columns, self.lines, self.row, self.column = columns, [""], 0, 0

    def take(self, text):
        for part in re.findall(r"\x1b\[\d*[A-Za-z]|\r|\n|[^\x1b\r\n]+", text):
            line = self.lines[self.row]
            if part == "\r":
                self.column = 0
            elif part == "\n":
                self.row += 1
                self.lines += [""] * (self.row + 1 - len(self.lines))
            elif part.endswith("A"):
                self.row -= int(part[2:-1] or 1)
            elif part == "\x1b[K":
                self.lines[self.row] = line[:self.column]
            elif part == "\x1b[J":
                self.lines[self.row:] = [line[:self.column]]
            elif part.endswith("m"):
                pass  # colours of the log
            elif part.startswith("\x1b"):
                raise ValueError(f"unexpected {part!r}")
            else:
                self.lines[self.row] = (line[:self.column].ljust(self.column) + part
                                        + line[self.column + len(part):])
                self.column += len(part)


class Progress(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="starmap_progress_")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def on_terminal(self, columns, *arguments, kind="xterm", iterations=3000):
        """The exit code, what was drawn, piece by piece, and the screen at the end."""
        mine, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        with subprocess.Popen([MANDELBROT, f"--max-iter={iterations}", *TASKS, *arguments],
                              cwd=self.folder, stderr=its,
                              stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                              env={**ENVIRONMENT, "TERM": kind}) as program:
            os.close(its)
            text = b""
            while True:
                try:
                    piece = os.read(mine, 65536)
                except OSError:  # nobody has it open any more
                    break
                text += piece
                if not piece:
                    break
            self.assertIn(b"area", program.stdout.read())
        os.close(mine)
        self.assertEqual(program.returncode, 0, text)
        screen = Screen(columns)
        screen.take(text.decode())
        drawn = re.findall(r"render  [^\x1b\r\n]*", text.decode())
        return text.decode(), drawn, "\n".join(screen.lines)

    def test_terminal(self):
        # However fast the machine is, some amount of work is drawn again and again.
        for iterations in (3000, 12_000, 48_000, 192_000):
            text, drawn, screen = self.on_terminal(100, iterations=iterations)
            if len(drawn) > 3:
                break
        self.assertGreater(len(drawn), 3)
        self.assertTrue(any(re.match(r"render  \[#+\.+\]  +\d+%  ETA \d+ s.*  [\d]+/600 items  "
                                     r"[012]/2 busy", line) for line in drawn), drawn)
        self.assertTrue(all(len(line) < 100 for line in drawn), drawn)
        # It is gone at the end, and has spoilt no line of the log.
        self.assertNotIn("render  [", screen)
        self.assertIn('INFO] Submitting 600 items in "render" tasks', screen)
        self.assertRegex(screen, CLOSING)
        self.assertTrue(all(not line or line.startswith("[") for line in screen.splitlines()), screen)

    def test_narrow_terminal(self):
        _, drawn, _ = self.on_terminal(24)
        self.assertTrue(drawn)
        self.assertTrue(all(len(line) < 24 and "%" in line for line in drawn), drawn)

    def test_no_bar(self):
        for arguments, kind in ((["--starmap-progress=log"], "xterm"), ([], "dumb")):
            with self.subTest(arguments=arguments, kind=kind):
                text, _, _ = self.on_terminal(100, *arguments, kind=kind)
                self.assertNotIn("\x1b[K", text)
                self.assertRegex(text, r"INFO\S* render +\d+%, ETA ")

    def test_file(self):
        done = subprocess.run([MANDELBROT, "--max-iter=3000", *TASKS], cwd=self.folder, capture_output=True, text=True,
                              env={**ENVIRONMENT, "TERM": "xterm"}, check=True)
        self.assertNotIn("\x1b", done.stderr)
        self.assertRegex(done.stderr, r"INFO\] render +\d+%, ETA \d+ s.*, \d+/600 items, [012]/2 "
                                      r"workers busy")
        self.assertRegex(done.stderr.splitlines()[-1], CLOSING)

    def test_nothing(self):
        for arguments in (["--starmap-progress=none"], ["--starmap-log=warning"]):
            done = subprocess.run([MANDELBROT, "--max-iter=3000", *TASKS, *arguments], cwd=self.folder,
                                  capture_output=True, text=True, env=ENVIRONMENT, check=True)
            self.assertEqual(done.stderr, "")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
