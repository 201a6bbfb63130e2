"""Calls `starmap run` as a shell would; for the test_*.py of this folder, which are called with
starmap=PROGRAM -- LAUNCHER..., see calling.py."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))

from calling import Calls, Ended, main, words_of  # noqa: E402

__all__ = ["Ended", "Farms", "main"]

# None: without a launcher.
RANKS = (None, 1, 3)


class Farms(Calls):
    def write(self, name, *lines):
        path = self.folder / name
        path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        return path

    def script(self, name, *lines):
        path = self.write(name, "#!/bin/sh", *lines)
        path.chmod(0o755)
        return path

    def farm(self, *arguments, ranks=None, env=None, timeout=60):
        env = {"STARMAP_WORKERS": "2", **(env or {})}
        return self.call("starmap", "run", *arguments, ranks=ranks, env=env, timeout=timeout)

    def lines(self, name):
        path = self.folder / name
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def left(self, *arguments):
        """The commands that would run, as --dry-run says."""
        ended = self.farm("--dry-run", *arguments)
        self.assertEqual(ended.code, 0, str(ended))
        return [line for line in ended.out.splitlines() if not line.startswith("#")]

    def start_farm(self, *arguments, ranks=None, env=None):
        """A farm that goes on, and the word by which its processes are found."""
        token = uuid.uuid4().hex
        environment = self.environment({"STARMAP_WORKERS": "2", "FARM_TOKEN": token, **(env or {})})
        process = subprocess.Popen(words_of("starmap", ["run", *arguments], ranks),
                                   cwd=self.folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env=environment, start_new_session=True,
                                   preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        self.addCleanup(self.end_farm, process, token)
        return process, token

    def end_farm(self, process, token):
        kill_all(token)
        process.communicate()

    def finish(self, process, timeout=60):
        out, err = process.communicate(timeout=timeout)
        return Ended(process.returncode, out, err)

    def wait_for(self, condition, within=30):
        give_up = time.monotonic() + within
        while not condition():
            self.assertLess(time.monotonic(), give_up, "waited in vain")
            time.sleep(0.02)

    def assert_logged(self, ended, *parts):
        """A line of stderr has all of these, regular expressions."""
        for line in ended.err.splitlines():
            if all(re.search(part, line) for part in parts):
                return
        self.fail(f"{parts} in no line of\n{ended}")


def processes_of(token):
    """Processes that have this in their environment, zombies left out."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if f"FARM_TOKEN={token}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def kill_all(token):
    """kill -9 of every process of a farm, also of those that come meanwhile."""
    while True:
        found = processes_of(token)
        if not found:
            return
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
