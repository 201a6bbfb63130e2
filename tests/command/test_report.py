#!/usr/bin/env python3
"""`starmap report` against numpy, and drawn by a real browser where there is one:
test_report.py STARMAP LARGE_RECORD."""

import base64
import html.parser
import json
import os
import re
import resource
import shutil
import subprocess
import tempfile
import unittest

import numpy

import records
from records import Records, main

BROWSER = next(filter(None, map(shutil.which, (
    "chromium", "chromium-browser", "google-chrome-stable", "google-chrome"))), None)
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", "--window-size=1280,900"]
# The blank ends the element though the > be escaped.
HOSTILE = b"</script ><b>&amp;\"'\xff<!--<script>"

# Plays a user's part after the page has drawn itself, and notes what came of it.
USER = """<script>
const note = (name, value) => { document.documentElement.dataset[name] = value; };
const key = (name) => document.getElementById("gantt").dispatchEvent(
  new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
const texts = (place) => [...document.querySelectorAll(place)].map((each) => each.textContent);
note("state", document.querySelector("#head p").textContent);
note("order", texts("#workers-table tbody tr td:first-child").join());
document.querySelector("#workers-table th button").click();
note("sorted", texts("#workers-table tbody tr td:first-child").join());
note("ariaSort", document.querySelector("#workers-table th").getAttribute("aria-sort"));
key("+");
note("near", document.getElementById("reading").textContent);
key("End");
note("late", document.getElementById("reading").textContent);
key("0");
note("all", document.getElementById("reading").textContent);
const by = document.getElementById("colour-by");
by.value = "status";
by.dispatchEvent(new Event("change"));
note("statuses", texts("#timeline .legend li").join());
const canvas = document.getElementById("gantt");
const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
note("shades", new Set(new Uint32Array(pixels.buffer)).size);
const axis = (svg, anchor) => [...svg.querySelectorAll(`text[text-anchor=${anchor}]`)]
  .map((each) => each.textContent);
note("doubled", [...document.querySelectorAll("main section:has(svg)")].filter((each) =>
  ["middle", "end"].some((anchor) => {
    const labels = axis(each, anchor);
    return new Set(labels).size < labels.length;
  })).map((each) => each.id).join());
note("zeros", texts("main svg text").filter((each) => /0e|e\\+/.test(each)).join());
</script></body>"""


class Page(html.parser.HTMLParser):
    """What a page asks for from elsewhere, and the data that it holds."""

    def __init__(self, text):
        super().__init__()
        self.links, self.tags, self.data, self.root, self.inside = [], [], "", {}, False
        self.policy = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        self.links += [attributes[name] for name in ("src", "href", "action", "srcset", "poster")
                       if name in attributes]
        self.inside = attributes.get("id") == "data"
        if tag == "html":
            self.root = attributes
        if attributes.get("http-equiv") == "Content-Security-Policy":
            self.policy = attributes["content"]

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.data += data

    def within(self, tag, css_class):
        return sum(1 for name, attributes in self.tags
                   if name == tag and attributes.get("class") == css_class)


def some_rows(count=300, workers=3):
    random = numpy.random.default_rng(11)
    rows = records.tasks(count)
    rows["taskname"] = numpy.where(numpy.arange(count) % 3 == 0, HOSTILE, b"render")
    rows["worker"] = numpy.arange(count) % workers
    rows["rank"] = rows["worker"] + 1
    rows["weight"] = random.gamma(2, 10, count)
    rows["duration"] = rows["weight"] * random.lognormal(0, 0.3, count) * 1e-2
    rows["status"] = random.choice([0, 0, 0, 0, 0, 0, 1, 2], count)
    rows["mem_gb"] = 0.1 + random.random(count)
    free = numpy.full(workers, 0.2)
    for row in rows:
        row["start"] = free[row["worker"]] + 0.01
        free[row["worker"]] = row["start"] + row["duration"]
    return rows


class Reports(Records):
    def setUp(self):
        super().setUp()
        self.page = self.folder / "a report.html"

    def report(self, *more):
        self.assertEqual(self.starmap("report", self.record, "-o", self.page, *more), "")
        page = Page(self.page.read_text(encoding="utf-8"))
        return page, json.loads(page.data)

    def write(self, rows=None, workers=3, **more):
        rows = some_rows() if rows is None else rows
        failures = [(row["task_no"], 1, row["rank"], 1, row["task_no"] - 1, HOSTILE)
                    for row in rows[rows["status"] != 0]]
        records.write(self.record, rows, workers=workers, failures=failures, **more)
        return rows


class Report(Reports):
    def test_one_file_that_asks_for_nothing(self):
        self.write(command_line=numpy.bytes_(HOSTILE))
        page, data = self.report()
        self.assertEqual([link for link in page.links if link not in ("#main", "data:,")], [])
        self.assertIn("default-src 'none'", page.policy)
        text = self.page.read_text(encoding="utf-8")
        self.assertEqual([url for url in re.findall(r"https?://[^\"'\s]*", text)
                          if url != "http://www.w3.org/2000/svg"], [])
        self.assertNotIn("url(", text.replace("url(#", ""))
        self.assertNotIn("@import", text)
        self.assertEqual(sum(tag == "script" for tag, _ in page.tags), 2)
        self.assertNotIn("<", page.data)
        self.assertFalse(any(tag == "b" for tag, _ in page.tags))
        self.assertEqual(data["figures"]["command_line"], HOSTILE.decode(errors="replace"))

    def test_each_of_few_tasks(self):
        rows = self.write()
        _, data = self.report()
        tasks = data["timeline"]["tasks"]
        for name in ("task_no", "worker", "status"):
            self.assertEqual(tasks[name], rows[name].tolist())
        for name in ("start", "duration", "weight", "mem_gb"):
            self.assertTrue(numpy.allclose(tasks[name], rows[name], rtol=1e-5), name)
        ok = rows[rows["status"] == 0]
        counts, edges = numpy.array(data["durations"]["counts"]), len(data["durations"]["counts"][0])
        self.assertTrue(data["durations"]["logarithmic"])
        bins = numpy.geomspace(ok["duration"].min(), ok["duration"].max(), edges + 1)
        bins[-1] *= 2
        for index, name in enumerate(data["colours"]):
            mine = ok[ok["taskname"] == (b"render" if name == "render" else HOSTILE)]
            self.assertLessEqual(abs(counts[index] - numpy.histogram(mine["duration"], bins)[0])
                                 .sum(), 2) # values on an edge
            self.assertEqual(counts[index].sum(), len(mine))
        self.assertEqual(data["sampled_from"], len(ok))
        ends = [(mine["start"] + mine["duration"]).max()
                for mine in (rows[rows["worker"] == i] for i in range(3))]
        self.assertTrue(numpy.allclose(data["timeline"]["last_ends"], ends))

    def test_of_many_tasks_the_busy_part_of_each_bin(self):
        def peak(count):
            subprocess.run([records.LARGE_RECORD, self.record, str(count)], check=True)
            _, data = self.report()
            self.record.unlink()
            return data, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        _, small = peak(25_000)
        data, large = peak(150_000)
        self.assertLess(large - small, 24 * 1024) # KiB; these rows are 22 MiB, and their JSON more
        line = data["timeline"]
        i = numpy.arange(150_000)
        duration = 1e-3 * (1 + i % 97) * (1 + 0.1 * numpy.sin(i))
        cells = numpy.frombuffer(base64.b64decode(line["cells"]), "u1").reshape(64, -1, 2)
        self.assertEqual(cells.shape[1], line["bins"])
        # A cell that is full says so though tasks overlap in this record, and each rounds up.
        start, width = 0.05 * (i // 64), line["bin_width"]
        lane = i % 64 == 5
        edges = width * numpy.arange(line["bins"])
        expected = numpy.zeros(line["bins"])
        for a, b in zip(start[lane], (start + duration)[lane]):
            expected += numpy.clip(numpy.minimum(b, edges + width) - numpy.maximum(a, edges), 0, None)
        got = cells[5, :, 0] / 255
        self.assertLess(numpy.abs(got - numpy.minimum(1, expected / width)).max(), 1.1 / 255)
        self.assertEqual(len(line["longest"]["start"]), 5000)
        self.assertAlmostEqual(min(line["longest"]["duration"]), numpy.sort(duration)[-5000],
                               delta=1e-6)
        self.assertEqual(len(data["sample"]["start"]), 3000)
        self.assertEqual(numpy.sum(data["durations"]["counts"]), 150_000)
        self.assertLess(self.page.stat().st_size, 8 << 20)

    def test_what_cannot_be_read_or_written(self):
        self.write()
        whole = self.record.read_bytes()
        broken = self.folder / "broken.h5"
        for content in (b"", b"not HDF5", whole[:500], whole[:len(whole) // 2]):
            broken.write_bytes(content)
            self.assertIn(str(broken), self.starmap("report", broken, "-o", self.page, code=1))
        self.assertIn("No such file", self.starmap("report", self.folder / "none.h5", code=1))
        for place, why in ((self.folder / "no" / "page.html", "No such file"),
                           (self.folder, "a directory"), ("/dev/full", "no ordinary file")):
            self.assertIn(why, self.starmap("report", self.record, "-o", place, code=1))
        self.assertIn("it is the record",
                      self.starmap("report", self.record, "-o", self.record, code=2))
        self.assertEqual(self.record.read_bytes(), whole)
        self.assertFalse(self.page.exists())
        self.starmap("report", code=2)
        self.starmap("report", self.record, "--nothing", code=2)
        self.assertEqual(sorted(os.listdir(self.folder)), ["broken.h5", "task_info.h5"])

    def test_a_name_for_every_task(self):
        rows = records.tasks(2500, starmap=numpy.arange(1, 2501), start=numpy.arange(2500.0),
                             duration=0.5, taskname=[f"n{i}".encode() for i in range(2500)])
        self.write(rows)
        _, data = self.report()
        self.assertEqual(data["left_out"], {"names": 500, "starmaps": 500})
        self.assertEqual(len(data["figures"]["names"]), 2000)
        self.assertEqual(numpy.sum(data["durations"]["counts"]), 2500)

    def test_no_task_yet(self):
        records.write(self.record, records.tasks(0))
        _, data = self.report()
        self.assertEqual(data["timeline"]["tasks"]["start"], [])


@unittest.skipIf(BROWSER is None, "no chromium here: scripts/bootstrap --with-browser installs it")
class InABrowser(Reports):
    def browse(self, *flags):
        """The document as the browser has it once all its scripts have run."""
        with tempfile.TemporaryDirectory(prefix="starmap_browser_") as profile:
            done = subprocess.run([BROWSER, *FLAGS, f"--user-data-dir={profile}", *flags,
                                   "--dump-dom", self.page.as_uri()], capture_output=True,
                                  timeout=100, check=True)
        return Page(done.stdout.decode())

    def after_its_user(self):
        text = self.page.read_text(encoding="utf-8")
        self.page.write_text(text.replace("</body>", USER), encoding="utf-8")
        return self.browse()

    def test_it_is_drawn_and_obeys_its_user(self):
        rows = self.write()
        self.report()
        page = self.after_its_user()
        root = page.root
        self.assertEqual((root.get("data-drawn"), root.get("data-errors"), root["data-scheme"]),
                         ("yes", "0", "light"), root)
        ids = {attributes.get("id") for tag, attributes in page.tags if tag == "section"}
        self.assertLessEqual({"use", "timeline", "durations", "weights", "busy", "tail", "memory",
                              "names-table", "slowest-table", "failures-table", "workers-table",
                              "outliers-table", "starmaps-table"}, ids)
        self.assertEqual(page.within("path", "fit"), 2)
        self.assertEqual(page.within("rect", "bar"), 3)
        self.assertGreater(page.within("rect", "bin"), 30)
        self.assertEqual((root["data-order"], root["data-sorted"], root["data-aria-sort"]),
                         ("0,1,2", "2,1,0", "descending"))
        end = (rows["start"] + rows["duration"]).max()
        for name, low, high in (("near", end / 4, 3 * end / 4), ("late", end / 2, end),
                                ("all", 0, end)):
            shown = re.match(r"Shown: ([\d.]+) m?s to ([\d.]+) s of", root[f"data-{name}"])
            self.assertTrue(numpy.allclose([float(each) for each in shown.groups()], [low, high],
                                           rtol=1e-4), root)
        self.assertEqual(root["data-statuses"], "ok,failed,crashed")
        self.assertGreater(int(root["data-shades"]), 5)

    def test_labels_of_axes_differ_and_are_short(self):
        # Workers that end microseconds apart after minutes, and weights of eight decades.
        rows = records.tasks(40, worker=numpy.arange(40) % 2, start=numpy.arange(40) * 15.0,
                             duration=15, weight=10.0 ** (2 + numpy.arange(40) % 9))
        rows["duration"][-2] = 30 + 2e-5
        self.write(rows, workers=2)
        self.report()
        root = self.after_its_user().root
        self.assertEqual((root["data-errors"], root["data-doubled"], root["data-zeros"]),
                         ("0", "", ""), root)

    def test_of_a_killed_run_it_says_so(self):
        records.write_unclosed(self.record, some_rows(), workers=3)
        self.starmap("report", self.record, "-o", self.page)
        self.assertIn("Never closed: the run was killed", self.after_its_user().root["data-state"])

    def test_many_tasks_in_the_dark(self):
        subprocess.run([records.LARGE_RECORD, self.record, "30000"], check=True)
        self.report()
        root = self.browse("--blink-settings=preferredColorScheme=0").root
        self.assertEqual((root.get("data-drawn"), root.get("data-errors"), root["data-scheme"]),
                         ("yes", "0", "dark"), root)


if __name__ == "__main__":
    main()
