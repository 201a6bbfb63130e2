#!/usr/bin/env python3
"""The checks of the documents, on documents with mistakes made on purpose."""

import pathlib
import tempfile
import unittest

import check_links
import documents
import splice
import transcript

PAGE = """# First Page: a `name`

```sh
echo [not](a-link.md)
# no heading
```
See [two](folder/two.md#second-heading) and `[code](nowhere.md)`.
"""


class Blocks(unittest.TestCase):
    def test_language_word_and_place(self):
        found = documents.blocks("a\n```cpp main.cpp\nx\ny\n```\n```text\n```\n")
        self.assertEqual(found, [documents.Block("cpp", "main.cpp", 3, "x\ny\n"),
                                 documents.Block("text", "", 7, "")])

    def test_a_block_that_is_never_closed(self):
        with self.assertRaisesRegex(ValueError, "line 2"):
            documents.blocks("a\n```sh\nls\n")


class Links(unittest.TestCase):
    def breaches(self, page, two="## Second heading\n"):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "folder").mkdir()
            (root / "page.md").write_text(page, encoding="utf-8")
            (root / "folder/two.md").write_text(two, encoding="utf-8")
            return [(str(path), number) for path, number, _ in
                    check_links.check(root, [pathlib.Path("/builds/of/one")])]

    def test_code_has_no_links_and_no_headings(self):
        self.assertEqual(self.breaches(PAGE), [])
        self.assertEqual(list(documents.anchors(PAGE)), ["first-page-a-name"])

    def test_a_file_or_heading_that_is_not_there(self):
        self.assertEqual(self.breaches(PAGE, "## Another\n"), [("page.md", 7)])
        self.assertEqual(self.breaches("[a](b.md)"), [("page.md", 1)])
        self.assertEqual(self.breaches("# A\n[a](#b)"), [("page.md", 2)])
        self.assertEqual(self.breaches("[a](../../etc)"), [("page.md", 1)])

    def test_other_sites_are_not_asked(self):
        self.assertEqual(self.breaches("[a](https://example.org/a#b)"), [])

    def test_a_path_of_this_machine(self):
        self.assertEqual(self.breaches("run /builds/of/one/program"), [("page.md", 1)])
        self.assertEqual(self.breaches("\nin /builds/two"), [("page.md", 2)])
        self.assertEqual(self.breaches("in build/of/one, or <prefix>/builds/of"), [])


class Snippets(unittest.TestCase):
    def test_a_shown_value_is_compared_with_the_last_name(self):
        text = "int a();\n// in main:\nauto const x =\n  a(); // = 3\n"
        block = documents.Block("cpp", "", 5, text)
        program = splice.program([block], "page.md")
        self.assertLess(program.index("int a();"), program.index("static void"))
        self.assertIn('docs::expect(x, "3", "page.md:8");', program)

    def test_other_comments_are_only_comments(self):
        block = documents.Block("cpp", "", 1, "auto const x = 3; // about 3\n")
        self.assertNotIn("docs::expect", splice.program([block], "page.md"))


class Transcripts(unittest.TestCase):
    def agrees(self, shown, output, log="", numbers_vary=False):
        return transcript.agrees(shown.splitlines(), output, log, numbers_vary)

    def test_commands_and_what_is_shown_below(self):
        self.assertEqual(transcript.commands("$ a \\\n  b\nx\n$ c\n"),
                         [("a \\\n  b", ["x"]), ("c", [])])
        with self.assertRaises(ValueError):
            transcript.commands("x\n$ a\n")

    def test_every_line_counts(self):
        self.assertTrue(self.agrees("a\nb", "a\nb\n", "noise"))
        self.assertFalse(self.agrees("a\nb", "a\n"))
        self.assertFalse(self.agrees("a", "a\nb\n"))
        self.assertFalse(self.agrees("b\na", "a\nb\n"))

    def test_dots_stand_for_any_lines(self):
        self.assertTrue(self.agrees("a\n...\nd", "a\nb\nc\nd\n"))
        self.assertTrue(self.agrees("a\n...\nd", "a\nd\n"))
        self.assertFalse(self.agrees("a\n...\nd", "a\nb\n"))

    def test_times_of_the_log_do_not_count(self):
        shown = "[08:51:44 INFO] x 50%, ETA 1 s\na"
        self.assertTrue(self.agrees(shown, "a\n", "[23:00:00 INFO] x 50%, ETA 2 min\n"))
        self.assertTrue(self.agrees(shown, "a\n", "[23:00:00 INFO] x 50%, ETA 9 s (8-9 s), 1/2\n"))
        self.assertFalse(self.agrees(shown, "a\n", "[23:00:00 INFO] x 60%, ETA 2 min\n"))
        shown = "[08:51:44 INFO] Starmap: 2 tasks in 1 s on 2 workers\na"
        self.assertTrue(self.agrees(shown, "a\n", "[23:00:00 INFO] Starmap: 2 tasks in 3 s\n"))
        self.assertFalse(self.agrees(shown, "a\n", "[23:00:00 INFO] Starmap: 3 tasks in 1 s\n"))
        self.assertFalse(self.agrees(shown, "a\n"))

    def test_numbers_count_unless_they_vary(self):
        self.assertFalse(self.agrees("mean 1.5e-06", "mean   12"))
        self.assertTrue(self.agrees("mean 1.5e-06", "mean   12", numbers_vary=True))
        self.assertFalse(self.agrees("mean 1", "median 1", numbers_vary=True))


if __name__ == "__main__":
    unittest.main()
