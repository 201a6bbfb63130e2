"""Calls programs as a shell would, and judges how they end; for the test_*.py of this folder, which
are called with NAME=PROGRAM... -- LAUNCHER..., where the launcher ends with its option for ranks."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

_words = sys.argv[1:]
LAUNCHER = _words[_words.index("--") + 1:]
PROGRAMS = dict(word.split("=", 1) for word in _words[:_words.index("--")])

# What must never reach a user.
NOISE = ("HDF5-DIAG", "terminate called", "Process received signal", "Segmentation fault",
         "[ 0] ", "AddressSanitizer", "boost::")


class Ended:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __str__(self):
        return f"exit code {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


def words_of(program, arguments, ranks=None):
    """`ranks`: None starts the program by itself."""
    launcher = [] if ranks is None else [*LAUNCHER, str(ranks)]
    return [*launcher, PROGRAMS[program], *arguments]


def processes_with(token):
    """Processes that have this word among their arguments, by pid."""
    found = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if token.encode() in words:
            found[int(folder.name)] = words
    return found


class Calls(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="starmap_cli_"))
        self.folder.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def environment(self, changes):
        merged = {name: value for name, value in os.environ.items()
                  if not name.startswith("STARMAP_")}
        merged.update({"STARMAP_TASK_INFO": "none", "STARMAP_PROGRESS": "none", "LC_ALL": "C"})
        merged.update(changes)
        return {name: value for name, value in merged.items() if value is not None}

    def call(self, program, *arguments, ranks=None, env=None, prefix=(), timeout=30):
        return self.call_words([*prefix, *words_of(program, arguments, ranks)], env, timeout)

    def call_words(self, words, env=None, timeout=30):
        process = subprocess.Popen(words, cwd=self.folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env=self.environment(env or {}), start_new_session=True)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            self.fail(f"{words} still ran after {timeout} s\n"
                      f"{Ended(None, out, err)}")
        return Ended(process.returncode, out, err)

    def assert_ends(self, ended, code, *parts, lines=1):
        """With this exit code, and with one line on stderr that has all `parts`; no noise."""
        self.assertEqual(ended.code, code, str(ended))
        for noise in NOISE:
            self.assertNotIn(noise, ended.err, str(ended))
        if parts:
            found = [line for line in ended.err.splitlines()
                     if all(re.search(part, line) for part in parts)]
            self.assertEqual(len(found), lines, f"{parts} in\n{ended}")

    def start(self, program, *arguments, ranks=None):
        """A process that works until it is ended, and the word by which its ranks are found."""
        token = "token-" + uuid.uuid4().hex
        process = subprocess.Popen(words_of(program, [*arguments, token], ranks), cwd=self.folder,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True,
                                   env=self.environment({}), start_new_session=True)
        self.addCleanup(self.end_all, process, token)
        self.assertEqual(process.stdout.readline().strip(), "working")
        return process, token

    def end_all(self, process, token):
        for pid in processes_with(token):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        process.communicate()

    def assert_all_gone(self, process, token, within=15):
        try:
            process.wait(timeout=within)
        except subprocess.TimeoutExpired:
            self.fail(f"it still runs {within} s later")
        give_up = time.monotonic() + within
        while processes_with(token) and time.monotonic() < give_up:
            time.sleep(0.05)
        self.assertEqual(processes_with(token), {})


def main():
    unittest.main(argv=sys.argv[:1])
