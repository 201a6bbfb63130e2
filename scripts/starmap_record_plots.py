"""The pictures of starmap_record.py, and the line through durations and weights."""

import dataclasses
import os
import typing

from starmap_record_file import module

MANY = 2000  # tasks, above which large dots would hide one another
FAILED = "C3"  # red
COLOURS = [f"C{i}" for i in range(10) if f"C{i}" != FAILED]


@dataclasses.dataclass(frozen=True)
class Fit:
    """Durations by their weights, with least squares: the figures of `starmap info`."""

    seconds_per_weight: float  #: s of duration = s * weight; NaN where all weights are 0
    r_squared: float
    """Of duration = a * weight + b, 1 - SSres/SStot: near 1 the weights predict the durations, near
    0 they say nothing; NaN where all weights or all durations are equal."""


def fit(tasks: typing.Any) -> Fit:
    """Of rows of task_info, which must all have ended ok."""
    weights, durations = tasks.weight, tasks.duration
    squares = (weights * weights).sum()
    slope = (weights * durations).sum() / squares if squares > 0 else float("nan")
    if weights.nunique() < 2 or durations.nunique() < 2:
        return Fit(slope, float("nan"))
    x, y = weights - weights.mean(), durations - durations.mean()
    return Fit(slope, (x * y).sum() ** 2 / ((x * x).sum() * (y * y).sum()))


def plot_timeline(record: typing.Any, ax: typing.Any) -> None:
    """See Record.plot_timeline."""
    import numpy
    collections, colors = module("matplotlib.collections"), module("matplotlib.colors")
    tasks = record.task_info[record.task_info.status != "cancelled"]  # these never ran
    if len(tasks) and "session" in tasks:
        tasks = tasks[tasks.session == tasks.session.max()]
    workers = numpy.union1d(tasks.worker, record.workers.worker)
    line = numpy.searchsorted(workers, tasks.worker)
    left, right = tasks.start.to_numpy(), (tasks.start + tasks.duration).to_numpy()
    corners = numpy.stack([numpy.stack([side, line + offset], axis=-1) for side, offset in
                           ((left, -.4), (right, -.4), (right, .4), (left, .4))], axis=1)
    failed = (tasks.status != "ok").to_numpy()
    groups = [(name, (tasks.taskname == name).to_numpy() & ~failed, _colour(record, name))
              for name in tasks.taskname.cat.categories]
    legend = []
    for label, chosen, colour in [*groups, ("not ok", failed, FAILED)]:
        if chosen.any():
            # Pale with a strong border: short ones are seen, and where one ends and another begins.
            legend.append(ax.add_collection(collections.PolyCollection(
                corners[chosen], facecolor=colors.to_rgba(colour, 0.5), edgecolor=colour,
                linewidth=0.6, label=label)))
    ax.set_xlim(0, right.max() * 1.01 if len(tasks) else 1)
    ax.set_ylim(max(len(workers), 1) - 0.5, -0.5)
    hosts = record.workers.drop_duplicates("worker").set_index("worker").hostname
    ticks = range(0, len(workers), len(workers) // 25 + 1)
    one_host = hosts.nunique() == 1
    ax.set_yticks(ticks, [f"{'' if one_host else hosts.get(workers[i], '')} {workers[i]}"
                          for i in ticks])
    ax.set_ylabel(f"worker on {hosts.iloc[0]}" if one_host else "worker")
    ax.set_xlabel("time since the start of the run [s]")
    _finish(record, ax, legend)


def plot_weights(record: typing.Any, name: "str | None", ax: typing.Any) -> None:
    """See Record.plot_weights."""
    import numpy
    tasks = record.ended_ok(name)
    spans = [(column.min(), column.max()) for column in (tasks.weight, tasks.duration)]
    logarithmic = len(tasks) > 0 and all(low > 0 and high > 100 * low for low, high in spans)
    dots = []
    for each, mine in tasks.groupby("taskname", observed=True):
        line, colour = fit(mine), _colour(record, each)
        ends = numpy.array([mine.weight.min() if logarithmic else 0, mine.weight.max()])
        ax.plot(ends, line.seconds_per_weight * ends, color=colour, linewidth=1.2)
        told = "" if numpy.isnan(line.r_squared) else f", R² = {line.r_squared:.3f}"
        dots.append(ax.scatter(mine.weight, mine.duration, s=16 if len(mine) < MANY else 2,
                               alpha=0.6, color=colour, linewidths=0, rasterized=True,
                               label=f"{each}: {line.seconds_per_weight:.3g} s per weight{told}"))
    if logarithmic:
        ax.set_xscale("log")
        ax.set_yscale("log")
    else:
        ax.set_xlim(left=min(0, spans[0][0]) if len(tasks) else 0)
        ax.set_ylim(bottom=0)
    ax.set_xlabel("weight")
    ax.set_ylabel("duration [s]")
    _finish(record, ax, dots, columns=1)


def _colour(record: typing.Any, name: str) -> str:
    """The same in all pictures of a record."""
    return COLOURS[record.task_info.taskname.cat.categories.get_loc(name) % len(COLOURS)]


def _finish(record: typing.Any, ax: typing.Any, legend: "list[typing.Any]",
            columns: int = 4) -> None:
    program = os.path.basename(str(record.attributes.get("command_line", "")).partition(" ")[0])
    state = "" if record.state == "complete" else f" ({record.state})"
    ax.set_title(program + state, loc="left")
    ax.spines[["top", "right"]].set_visible(False)
    if legend:
        ax.legend(handles=legend, frameon=False, loc="lower right", bbox_to_anchor=(1, 1),
                  ncols=min(len(legend), columns), borderaxespad=0.2)
