#!/usr/bin/env python3
"""A farm of real commands, with and without mpirun: what runs, where its output goes, how it ends."""

import json
import sqlite3

import h5py
import numpy

from farming import RANKS, Farms, main


class Running(Farms):
    def test_every_command_runs_once(self):
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                name = f"list-{ranks}"
                self.write(name, "# a comment", "", *(f"sh -c 'echo {i} >> ran-{ranks}'"
                                                      for i in range(40)))
                ended = self.farm(name, ranks=ranks)
                self.assert_ends(ended, 0)
                self.assertEqual(sorted(map(int, self.lines(f"ran-{ranks}"))), list(range(40)))
                self.assert_logged(ended, "40 commands: 40 succeeded, 0 failed")
                self.assert_logged(ended, "commands/s", "core-hours")

    def test_output_comes_whole_and_in_one_piece(self):
        one = "sh -c 'for i in 1 2 3; do echo {0} out; echo {0} err >&2; sleep 0.02; done'"
        self.write("list", *(one.format(i) for i in range(8)))
        for ranks in (None, 3):
            ended = self.farm("list", "--fresh", ranks=ranks)
            self.assert_ends(ended, 0)
            lines = ended.out.splitlines()
            self.assertEqual(len(lines), 24, str(ended))
            for i in range(0, 24, 3):
                self.assertEqual(len(set(lines[i:i + 3])), 1, str(ended))
            for i in range(8):
                self.assertEqual(ended.err.count(f"{i} err\n{i} err\n{i} err\n"), 1, str(ended))

    def test_commands_of_several_cores_have_them_to_themselves(self):
        wide = "sh -c 'mkdir held || echo clash >> ran; sleep 0.05; rmdir held; echo wide >> ran'"
        narrow = "sh -c 'if test -d held; then echo clash >> ran; fi; echo narrow >> ran'"
        for ranks in (None, 3):
            with self.subTest(ranks=ranks):
                self.write("list", *[narrow, wide + "  #STARMAP cores=2", narrow] * 4)
                name = f"record-{ranks}.h5"
                ended = self.farm("list", "--fresh", f"--record={name}", ranks=ranks)
                self.assert_ends(ended, 0)
                self.assertEqual(sorted(self.lines("ran")), ["narrow"] * 8 + ["wide"] * 4)
                (self.folder / "ran").unlink()
                with h5py.File(self.folder / name) as record:
                    rows = record["task_info"][:]
                    busy = record["workers"]["busy"]
                    end = record["starmaps"]["end"].max()
                self.assertEqual(sorted(rows["cores"]), [1] * 8 + [2] * 4)
                told = json.loads(self.call("starmap", "info", "--json", name).out)
                held = float((rows["duration"] * rows["cores"]).sum())
                use = told["time_use"]
                self.assertAlmostEqual(use["useful"] * use["worker_seconds"], held, delta=0.01 * held)
                # What is held is not counted as waiting besides.
                self.assertLess(use["worker_seconds"], 1.05 * 2 * end)
                self.assertEqual(len(told["workers"]), 2)
                for worker in told["workers"]:
                    self.assertLessEqual(worker["busy_share"], 1.01)
                self.assertGreater(busy.min(), rows["duration"][rows["cores"] == 2].sum())

    def test_a_command_does_not_seem_to_take_what_an_earlier_one_has_printed(self):
        self.write("list", "head -c 60000000 /dev/zero  #STARMAP weight=9", *["true"] * 3)
        self.assert_ends(self.farm("list", "--record=record.h5", env={"STARMAP_WORKERS": "1"}), 0)
        with h5py.File(self.folder / "record.h5") as record:
            rows = numpy.sort(record["task_info"][:], order="start")
        # One copy of it stays with the worker, and no more.
        self.assertLess(rows["mem_gb"][-1] * 1024, 110, rows["mem_gb"])

    def test_a_command_of_more_cores_than_a_node_has_is_refused(self):
        self.write("list", "touch ran", "true  #STARMAP cores=3")
        ended = self.farm("list", ranks=3)
        self.assertIn("asks for 3 cores, but the largest node has 2 workers", ended.err)
        self.assert_ends(ended, 2)
        self.assertFalse((self.folder / "ran").exists())

    def test_words_are_those_of_a_shell_and_no_shell_is_there(self):
        self.write("list", "printf '<%s>' 'a b' c\\ d \"e $HOME\" '*' $(x)")
        ended = self.farm("list")
        self.assertEqual(ended.out, "<a b><c d><e $HOME><*><$(x)>", str(ended))

    def test_a_shell_where_it_is_asked_for(self):
        self.write("list", "echo a | tr a b; echo $((1 + 1))")
        ended = self.farm("list", "--shell")
        self.assertEqual(ended.out, "b\n2\n", str(ended))

    def test_standard_input(self):
        for ranks in (None, 3):
            words = ["sh", "-c", 'printf "echo 1\\necho 2\\n" | "$@"', "sh"]
            program = self.words("-", ranks=ranks)
            ended = self.call_words([*words, *program], {"STARMAP_WORKERS": "2"}, 60)
            self.assertEqual(ended.code, 0, str(ended))
            self.assertEqual(sorted(ended.out.split()), ["1", "2"], str(ended))
        self.assertEqual([path.name for path in self.folder.iterdir()], [])

    def words(self, *arguments, ranks):
        from calling import words_of
        return words_of("starmap", ["run", *arguments], ranks)

    def test_a_template(self):
        self.write("p.csv", "name,alpha", "one,0.5", '"two words",1.5')
        ended = self.farm("--each", "p.csv", "--range", "i=1..2", "--", "printf", "%s\\n",
                          "{name}/{alpha}/{i}")
        self.assert_ends(ended, 0)
        self.assertEqual(sorted(ended.out.splitlines()),
                         sorted(f"{row}/{i}" for row in ("one/0.5", "two words/1.5")
                                for i in (1, 2)))
        again = self.farm("--each", "p.csv", "--range", "i=1..2", "--", "printf", "%s\\n",
                          "{name}/{alpha}/{i}")
        self.assert_ends(again, 0)
        self.assert_logged(again, "4 of 4 commands were done before")
        self.assertEqual(again.out, "")

    def test_dry_run_shows_order_and_directives_and_runs_nothing(self):
        self.write("list", "touch a", "touch b  #STARMAP weight=3 retries=1", "touch c")
        ended = self.farm("list", "--dry-run", ranks=3)
        self.assert_ends(ended, 0)
        self.assertEqual(ended.out.splitlines(),
                         ["#STARMAP weight=3 retries=1", "touch b", "touch a", "touch c",
                          "# 3 commands would run"])
        self.assertEqual([path.name for path in self.folder.iterdir()], ["list"])


class Outputs(Farms):
    LIST = ("echo one", "sh -c 'echo two; echo oops >&2; exit 4'", "printf three")

    def test_files(self):
        self.write("list", *self.LIST)
        ended = self.farm("list", "--output=files", "--logs=out/logs", ranks=3)
        self.assert_ends(ended, 3)
        self.assertEqual(ended.out, "")
        self.assertEqual(self.lines("out/logs/1.out"), ["one"])
        self.assertEqual(self.lines("out/logs/2.err"), ["oops"])
        self.assertEqual(self.lines("out/logs/3.out"), ["three"])
        self.assert_logged(ended, "outputs: out/logs/")

    def test_numbers_of_files_are_those_of_the_list_after_a_resume_too(self):
        self.write("list", "echo 1", "sh -c 'test -e go && echo 2'", "echo 3")
        self.assert_ends(self.farm("list", "--output=files"), 3)
        (self.folder / "go").touch()
        self.assert_ends(self.farm("list", "--output=files", "--retry-failed"), 0)
        for i in (1, 2, 3):
            self.assertEqual(self.lines(f"logs/{i}.out"), [str(i)])

    def test_an_archive(self):
        self.write("list", *self.LIST)
        ended = self.farm("list", "--output=archive", ranks=3)
        self.assert_ends(ended, 3)
        self.assertEqual(ended.out, "")
        self.assertEqual(self.call("starmap", "output", "outputs.db").out, "one\ntwo\nthree")
        self.assertEqual(self.call("starmap", "output", "outputs.db", "3", "1").out, "threeone\n")
        self.assertEqual(self.call("starmap", "output", "outputs.db", "2", "--stderr").out, "oops\n")
        listed = self.call("starmap", "output", "outputs.db", "--list").out.splitlines()
        self.assertEqual(listed[1].split("\t")[:3], ["2", "failed", "4"])
        self.assert_ends(self.call("starmap", "output", "outputs.db", "9"), 2, "no output of command 9")
        with sqlite3.connect(self.folder / "outputs.db") as database:
            rows = database.execute("SELECT task_no, command FROM output ORDER BY task_no").fetchall()
        self.assertEqual(rows, list(enumerate(self.LIST, 1)))

    def test_none(self):
        self.write("list", *self.LIST)
        ended = self.farm("list", "--output=none")
        self.assert_ends(ended, 3)
        self.assertEqual(ended.out, "")
        self.assert_logged(ended, "exit code 4")

    def test_more_than_is_kept(self):
        self.write("list", "head -c 100000 /dev/zero")
        ended = self.farm("list", "--max-output=1K")
        self.assert_ends(ended, 0)
        self.assertLess(len(ended.out), 5000)
        self.assert_logged(ended, "1 command had more output than --max-output keeps")


if __name__ == "__main__":
    main()
