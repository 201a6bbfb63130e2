#!/usr/bin/env python3
"""The record of a Starmap run, task_info.h5, as pandas tables and as pictures.

    import starmap_record
    record = starmap_record.Record("task_info.h5")
    record.task_info.groupby("hostname").duration.sum()   # seconds
    record.plot_timeline().figure.savefig("timeline.png")

A run that still goes on and one that was killed are read too: a Record is what the file held when
its tables were first asked for. Columns have the names, meanings and units of docs/task_info.md:
times in seconds, sizes in bytes, memory in GiB. Tables need pandas, pictures matplotlib as well.
"""

import argparse
import functools
import os
import sys
import typing

from starmap_record_file import (SUGGESTION, Damage, RecordError, is_being_written, module,
                                 one_line, open_record, read)
from starmap_record_plots import Fit, fit, plot_timeline, plot_weights

# For each table the columns that are not 0 in any row that was written: behind the last flush of a
# killed run there may be rows of zeros, in whole or in part. USED are others that are needed here.
TABLES = {"task_info": ("task_no", "attempt"), "starmaps": ("starmap",), "workers": ("hostname",),
          "performance_data": ("operation",), "failures": ("task_no",),
          "costs": ("starmap", "units")}
USED = {"task_info": {"taskname", "status", "worker", "weight", "start", "duration"},
        "starmaps": {"name"}, "workers": {"worker", "rank"}, "failures": {"starmap", "rank"}}
CATEGORIES = {"taskname", "name", "hostname", "policy", "operation"}


class Record:
    """A record opened for reading; close it, or use it by `with`. Raises RecordError."""

    def __init__(self, path: "str | os.PathLike[str]") -> None:
        self.path = os.fspath(path)
        h5py = module("h5py")
        # Asked before opening: a run that ends in between then counts as writing, not as killed.
        writing = is_being_written(self.path)
        self._file, closed = open_record(h5py, self.path)
        with Damage(self.path):
            missing = [name for name in TABLES if name != "costs" and name not in self._file]
            #: The attributes of the root by name: texts and whole numbers.
            self.attributes: "dict[str, str | int]" = {
                name: _plain(value) for name, value in self._file.attrs.items()}
        if missing:
            self.close()
            raise RecordError(f"{self.path} is no record of Starmap (it has no table "
                              f"{missing[0]}): {SUGGESTION}")
        #: complete, failed, writing or killed, as `starmap info` says it.
        self.state = ("complete" if self.attributes.get("complete") else
                      "writing" if writing else "failed" if closed else "killed")
        self._closed = closed
        self._rows: "dict[str, typing.Any]" = {}
        self._tables: "dict[str, typing.Any]" = {}

    def close(self) -> None:
        """Closes the file; tables that were read stay."""
        self._file.close()

    def __enter__(self) -> "Record":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def rows(self, name: str) -> typing.Any:
        """The rows of a table as a numpy array, texts and numbers as they are stored."""
        if name not in self._rows:
            self._rows[name] = self._read_rows(name)
        return self._rows[name]

    def _read_rows(self, name: str) -> typing.Any:
        import numpy
        if name not in TABLES:
            raise RecordError(f"\"{name}\" is no table of a record: give one of "
                              f"{', '.join(TABLES)}")
        if name == "costs" and name not in self._file:  # records of earlier versions
            return numpy.zeros(0, [("starmap", "u4"), ("units", "f8")])
        with Damage(self.path):
            dataset = self._file[name]
            columns = getattr(getattr(dataset, "dtype", None), "names", None)
            if columns is None or dataset.ndim != 1:
                raise ValueError(f"its {name} is no table")
            if missing := {*TABLES[name], *USED.get(name, ())}.difference(columns):
                raise ValueError(f"its {name} has no column {min(missing)}")
            # A damaged number of rows would be read for ever.
            room = os.path.getsize(self.path) // dataset.dtype.itemsize + 1
            count = dataset.shape[0]
            if count > room and dataset.compression is None:
                if self._closed:
                    raise ValueError(f"the file has no room for the {count} rows of its {name}")
                count = room
            rows = read(dataset, count, self._closed)
            for column in TABLES[name]:
                rows = rows[rows[column] != numpy.zeros(1, rows[column].dtype)[0]]
        return rows

    def table(self, name: str) -> typing.Any:
        """A table as a DataFrame: texts decoded; status, names and hosts as categories. To
        task_info the worker's `hostname` is joined (none for rows of earlier sessions of a resumed
        run, whose workers are not recorded), to failures the Starmap's `name` and the rank's
        `hostname`."""
        if name not in self._tables:
            pandas = module("pandas")
            with Damage(self.path):
                self._tables[name] = self._make_table(pandas, name)
        return self._tables[name]

    def _make_table(self, pandas: typing.Any, name: str) -> typing.Any:
        rows = self.rows(name)
        frame = pandas.DataFrame({column: _column(pandas, column, rows[column])
                                  for column in rows.dtype.names})
        if name == "task_info":
            hosts = self.workers.drop_duplicates("worker").set_index("worker").hostname
            frame["hostname"] = frame.worker.map(hosts).astype(hosts.dtype)
            if len(frame) and "session" in frame:
                frame.loc[frame.session < frame.session.max(), "hostname"] = None
        if name == "failures":
            names = self.starmaps.drop_duplicates("starmap").set_index("starmap").name
            hosts = self.workers.drop_duplicates("rank").set_index("rank").hostname
            frame["name"] = frame.starmap.map(names).astype(names.dtype)
            frame["hostname"] = frame["rank"].map(hosts).astype(hosts.dtype)
        return frame

    task_info = property(lambda self: self.table("task_info"), doc="One row an attempt of a task.")
    starmaps = property(lambda self: self.table("starmaps"), doc="One row a Starmap.")
    workers = property(lambda self: self.table("workers"), doc="One row a worker.")
    performance_data = property(lambda self: self.table("performance_data"),
                                doc="One row a timed operation of a task.")
    failures = property(lambda self: self.table("failures"), doc="One row a failed attempt.")
    costs = property(lambda self: self.table("costs"), doc="One row a key of a Starmap.")

    def ended_ok(self, name: "str | None" = None) -> typing.Any:
        """The rows of task_info that ended ok, of all names or of one. Raises RecordError if there
        are none of that name."""
        tasks = self.task_info[self.task_info.status == "ok"]
        if name is None:
            return tasks
        if not (tasks.taskname == name).any():
            raise RecordError(f"{self.path} has no task \"{name}\" that ended ok: give one of "
                              f"{', '.join(sorted(set(tasks.taskname))) or '(none)'}")
        return tasks[tasks.taskname == name]

    def fit(self, name: str) -> Fit:
        """Duration [s] by weight, of the tasks of this name that ended ok."""
        return fit(self.ended_ok(name))

    def plot_timeline(self, ax: typing.Any = None) -> typing.Any:
        """A line a worker, a bar a task, coloured by its Starmap's name, over the seconds since the
        start of the run; of a resumed run its last session. Returns the axes of matplotlib."""
        ax = ax or _new_axes(9, min(8, 1.5 + 0.4 * len(self.workers)))
        plot_timeline(self, ax)
        return ax

    def plot_weights(self, name: "str | None" = None, ax: typing.Any = None) -> typing.Any:
        """Duration [s] against weight of the tasks that ended ok, of this name or of all, with the
        line "s per weight" and R2 of each name; on logarithmic axes where weights and durations
        span more than 1:100. Returns the axes of matplotlib."""
        ax = ax or _new_axes(7, 4.5)
        plot_weights(self, name, ax)
        return ax

    def __str__(self) -> str:
        lines = [f"{self.path}: {self.state}"]
        lines += [f"  {name:16} {value}" for name, value in self.attributes.items() if value != ""]
        lines += [f"  {'table':16} {'rows':>9}  columns"]
        lines += [f"  {name:16} {len(self.rows(name)):9}  {' '.join(self.rows(name).dtype.names)}"
                  for name in TABLES]
        return "\n".join(lines)


def _plain(value: typing.Any) -> "str | int":
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else (
        value if isinstance(value, str) else int(value))


def _column(pandas: typing.Any, name: str, values: typing.Any) -> typing.Any:
    import numpy
    numbers = module("h5py").check_enum_dtype(values.dtype)
    if numbers is not None:
        words = sorted(numbers, key=numbers.get)
        told = pandas.Series(values).map({numbers[word]: word for word in words})
        return pandas.Categorical(told, categories=words)
    if values.dtype.kind != "S":
        return values
    if name not in CATEGORIES:
        return numpy.char.decode(values, "utf-8", "replace").astype(object)
    texts, codes = numpy.unique(values, return_inverse=True)
    words = numpy.char.decode(texts, "utf-8", "replace").astype(object)
    return pandas.Categorical(words[codes])


def _new_axes(width: float, height: float) -> typing.Any:
    return module("matplotlib.pyplot").subplots(figsize=(width, height), layout="constrained")[1]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Shows the record of a Starmap run: what is in "
                                     "it, one of its tables, or pictures of it.")
    parser.add_argument("FILE", help="a task_info.h5, of a run that ended, was killed or goes on")
    parser.add_argument("--table", choices=TABLES, metavar="NAME",
                        help="print this table: " + ", ".join(TABLES))
    parser.add_argument("--csv", action="store_true", help="print the table as CSV")
    parser.add_argument("--timeline", metavar="PICTURE", help="draw what each worker ran when")
    parser.add_argument("--weights", metavar="PICTURE", help="draw durations against weights")
    parser.add_argument("--name", help="with --weights: the tasks of this name alone")
    options = parser.parse_args()
    if options.csv and not options.table:
        parser.error("--csv prints a table: say --table NAME as well")
    if options.name is not None and not options.weights:
        parser.error("--name chooses tasks for a picture: say --weights PICTURE as well")
    return options


def _draw(plot: typing.Callable[[], typing.Any], target: str) -> None:
    module("matplotlib").use("Agg")  # no window, so that it works without a screen
    figure = plot().figure
    try:
        figure.savefig(target, dpi=150)
    except (OSError, ValueError) as error:
        raise RecordError(f"cannot write {target} ({one_line(error)}): name a file that can be "
                          "written and ends in .png, .pdf or .svg") from None


def _show(options: argparse.Namespace) -> None:
    with Record(options.FILE) as record:
        if options.table:
            table = record.table(options.table)
            if options.csv:
                table.to_csv(sys.stdout, index=False)
            else:
                print(table.to_string())
        if options.timeline:
            _draw(record.plot_timeline, options.timeline)
        if options.weights:
            _draw(functools.partial(record.plot_weights, options.name), options.weights)
        if not (options.table or options.timeline or options.weights):
            print(record)


def main() -> int:
    """0: done, 1: it cannot be read or written, 2: wrong arguments."""
    options = _arguments()
    try:
        _show(options)
        sys.stdout.flush()
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except RecordError as error:
        print(f"starmap_record: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
