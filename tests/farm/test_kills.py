#!/usr/bin/env python3
"""A farm that is killed again and again, with all of its processes, at random moments: what has ended
for good is not run again, and nothing is left out."""

import collections
import random
import time

from farming import Farms, kill_all, main

SEED = 20261126
KILLS = 100
COMMANDS = 60


class Kills(Farms):
    def test_many_kills(self):
        print(f"seed {SEED}")
        chance = random.Random(SEED)
        kills = lists = 0
        while kills < KILLS:
            lists += 1
            kills += self.run_through(f"list-{lists}", chance, KILLS - kills)

    def run_through(self, name, chance, most):
        """Runs a list to its end, killing the farm up to so often; how often it was."""
        commands = [f"sh -c 'sleep 0.0{i % 6}; echo {i} >> {name}.ran'" for i in range(COMMANDS)]
        self.write(name, *commands)
        kills = 0
        journaled = set()
        while True:
            before = self.lines(f"{name}.ran")
            # Most without mpirun, which takes long to start.
            ranks = 3 if chance.random() < 0.15 else None
            process, token = self.start_farm(name, "--output=none", ranks=ranks)
            if kills < most:
                self.let_work(process, chance.uniform(0, 0.4 if ranks is None else 1.5))
            else:
                process.wait(timeout=60)
            was_killed = process.poll() is None
            kill_all(token)
            ended = self.finish(process)
            again = collections.Counter(map(int, self.lines(f"{name}.ran")[len(before):]))
            self.assertEqual(journaled & set(again), set(), "ran though it had ended for good")
            self.assertEqual([i for i, n in again.items() if n > 1], [], "ran twice in one life")
            left = {commands.index(text) for text in self.left(name)}
            journaled = set(range(COMMANDS)) - left
            ran = set(map(int, self.lines(f"{name}.ran")))
            self.assertEqual(journaled - ran, set(), "is in the journal, and never ran")
            if not was_killed:
                self.assertEqual(ended.code, 0, str(ended))
                self.assertEqual(ran, set(range(COMMANDS)))
                return kills
            kills += 1

    def let_work(self, process, seconds):
        until = time.monotonic() + seconds
        while process.poll() is None and time.monotonic() < until:
            time.sleep(0.002)


if __name__ == "__main__":
    main()
