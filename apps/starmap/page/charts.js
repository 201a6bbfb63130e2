// The charts beside the timeline.

function useSection() {
  const use = figures.time_use;
  const parts = [
    ["useful", "useful work", "var(--c2)"],
    ["failed", "attempts that did not end ok", "var(--failed)"],
    ["imbalance", "imbalance: no work left while others had some", "var(--c1)"],
    ["dispatch", "dispatch and transfer: between tasks, packing", "var(--c0)"],
    ["manager", "manager: rank 0 alone at work", "var(--c3)"],
    ["startup", "start-up: before the first task", "var(--c7)"],
  ].filter(([key]) => use[key] !== null && (use[key] >= 0.0005 || key === "useful"));
  if (use.useful === null || parts.length === 0) return null;
  return section("use", "Where the time of the workers went",
    element("div", { class: "use", role: "img",
      "aria-label": parts.map(([key, text]) => `${percent(use[key])} ${text}`).join(", ") },
    ...parts.map(([key, text, colour]) => element("div", { title: `${percent(use[key])} ${text}`,
      style: `width: ${100 * use[key]}%; background: ${colour}` }))),
    legend(parts.map(([key, text, colour]) => ({ colour, text: `${percent(use[key])} ${text}` }))));
}

function histogramSection() {
  const { low, high, logarithmic, counts } = data.durations;
  const bins = counts[0].length;
  const edge = scaleOf({ low: 0, high: bins }, logarithmic ? Math.log(low) : low, logarithmic ? Math.log(high) : high);
  const at = (bin) => (logarithmic ? Math.exp(edge(bin)) : edge(bin));
  const totals = counts[0].map((_, bin) => counts.reduce((sum, of) => sum + of[bin], 0));
  const all = totals.reduce((a, b) => a + b, 0);
  if (all === 0) return null;
  const used = counts.map((of, index) => (of.some((n) => n > 0) ? index : -1)).filter((i) => i >= 0);
  const draw = (sx, sy) => totals.flatMap((total, bin) => {
    let under = 0;
    return used.filter((index) => counts[index][bin] > 0).map((index) => {
      const n = counts[index][bin];
      const from = sy(under);
      under += n;
      return drawn("rect", { class: "bin", x: sx(at(bin)), width: Math.max(0.5, sx(at(bin + 1)) - sx(at(bin)) - 0.6),
        y: sy(under), height: from - sy(under), fill: colourOf(index) },
      drawn("title", {}, `${plural(n, "task")} of \u201c${nameOf(index)}\u201d, ${seconds(at(bin))} to ${seconds(at(bin + 1))}`));
    });
  });
  return section("durations", "Durations", element("p", { class: "faint" },
    `${plural(all, "task")} that ended ok${logarithmic ? "; the axis of durations is logarithmic" : ""}.`),
  plot({ x: asTimes({ low, high, logarithmic }, "duration"),
    y: { low: 0, high: Math.max(...totals) * 1.05, label: "tasks", told: compact, whole: true }, draw,
    summary: `Histogram of the durations of ${plural(all, "task")}, from ${seconds(low)} to ${seconds(high)}` }),
  legend(legendOfNames(used)));
}

function sampleInWords(shown) {
  return data.sampled_from > shown ? `A sample of ${count(shown)} of ${count(data.sampled_from)} tasks that ended ok`
    : `${plural(shown, "task")} that ended ok`;
}

/** One path of dots for each name. */
function dotsByName(rows, place) {
  return [...new Set(rows.map((row) => row.name))].map((name) =>
    dots(rows.filter((row) => row.name === name).map(place), colourOf(name)));
}

/** A point that tells its task when pointed at. */
function ring(x, y, colour, text) {
  return drawn("circle", { class: "ring", cx: x, cy: y, r: 5, fill: "none", stroke: colour, "stroke-width": 2 },
    drawn("title", {}, text));
}

const MOST_RINGS = 5; // of a name; the table has more

function weightSection(sample) {
  const far = figures.names.flatMap((name) => name.outliers.slice(0, MOST_RINGS));
  const points = [...sample, ...far].filter((task) => task.weight !== null && task.duration !== null);
  if (points.length === 0) return null;
  const x = { ...rangeOf(points.map((task) => task.weight)), label: "weight" };
  const y = asTimes(rangeOf(points.map((task) => task.duration)), "duration");
  const seen = (task) => (!x.logarithmic || task.weight > 0) && (!y.logarithmic || task.duration > 0);
  const fits = figures.names.map((name) => ({ ...name, colour: data.colours.indexOf(name.name) }))
    .filter((name) => name.colour >= 0 && name.seconds_per_weight !== null && !name.all_weights_equal);
  const draw = (sx, sy) => [
    ...dotsByName(sample.filter(seen), (task) => [sx(task.weight), sy(task.duration)]),
    ...fits.map((name) => {
      const along = Array.from({ length: 61 }, (_, i) => (x.logarithmic
        ? x.low * (x.high / x.low) ** (i / 60) : x.low + (x.high - x.low) * (i / 60)))
        .filter((weight) => weight * name.seconds_per_weight > 0);
      return drawn("path", { class: "fit", fill: "none", stroke: colourOf(name.colour), "stroke-width": 2,
        d: along.map((weight, i) => `${i ? "L" : "M"}${sx(weight)} ${sy(weight * name.seconds_per_weight)}`).join("") });
    }),
    ...far.filter(seen).map((task) => ring(sx(task.weight), sy(task.duration), "var(--ink)",
      `task ${task.task_no} of \u201c${task.name}\u201d on ${task.hostname || "?"}: ${seconds(task.duration)}, its weight says ${seconds(task.expected)}`)),
  ];
  return section("weights", "Weight against duration", element("p", { class: "faint" },
    `${sampleInWords(sample.length)}; lines are durations proportional to weight (least squares), rings the tasks farthest from them.`),
  plot({ x, y, draw, summary: `Durations against weights of ${plural(points.length, "task")}. ` +
    fits.map((name) => `${name.name}: R2 = ${digits(name.r_squared)}`).join(", ") }),
  legend(fits.length ? fits.map((name) => ({ colour: colourOf(name.colour),
    text: `${name.name}: ${digits(name.seconds_per_weight)} s per weight, R\u00b2 = ${digits(name.r_squared)}` }))
    : legendOfNames(sample.map((task) => task.name))));
}

const MOST_BARS = 80;

function busySection() {
  const loads = figures.workers.filter((load) => load.busy_share !== null);
  if (loads.length === 0) return null;
  const shares = loads.map((load) => load.busy_share);
  const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
  const many = loads.length > MOST_BARS;
  const sorted = [...shares].sort((a, b) => b - a);
  const x = many ? { low: 0, high: loads.length, label: "workers, the busiest first" }
    : { low: -0.5, high: loads.length - 0.5, label: "worker", told: (at) => String(loads[at]?.worker ?? ""),
      ticks: loads.map((_, i) => i).filter((i) => i % Math.ceil(loads.length / 16) === 0) };
  const y = { low: 0, high: Math.max(1, sorted[0] * 1.02), label: "busy [%]", told: (share) => digits(100 * share) };
  const draw = (sx, sy) => [
    ...(many ? [drawn("path", { class: "bar", d: `M${sx(0)} ${sy(0)}` +
        sorted.map((share, i) => `V${sy(share)}H${sx(i + 1)}`).join("") + `V${sy(0)}Z` })]
      : loads.map((load, i) => drawn("rect", { class: "bar", x: sx(i - 0.4), width: sx(0.4) - sx(-0.4),
        y: sy(load.busy_share), height: sy(0) - sy(load.busy_share) },
      drawn("title", {}, `worker ${load.worker} on ${load.hostname || "?"}: ${percent(load.busy_share)}, ${plural(load.tasks, "task")}`)))),
    drawn("path", { class: "mean", d: `M${MARGIN.left} ${sy(mean)}H${WIDTH}` }),
  ];
  const told = `mean ${percent(mean)}, least ${percent(sorted[sorted.length - 1])}, most ${percent(sorted[0])}`;
  return section("busy", "Busy share by worker", element("p", { class: "faint" },
    `Time inside tasks, unpacking and packing, by the length of the run: ${told}. The dashed line is the mean.`),
  plot({ x, y, draw, summary: `Busy share of ${plural(loads.length, "worker")}: ${told}` }));
}

function tailSection() {
  const ends = data.timeline.last_ends.filter((end) => end > 0).sort((a, b) => a - b);
  if (ends.length === 0) return null;
  const last = ends[ends.length - 1];
  const waited = last - ends[0];
  // Backwards from the end: it may be microseconds in a run of hours.
  const shown = waited || last * 0.02;
  const unit = unitOf(shown);
  const x = { low: -1.1 * shown, high: 0.02 * shown, label: `time before the end [${unit.sign}]`, told: (time) => digits(-time / unit.size, 6) };
  const y = { low: 0, high: ends.length * 1.08, label: "workers with work to come", whole: true };
  const draw = (sx, sy) => [drawn("path", { class: "tail", fill: "var(--c1)", "fill-opacity": 0.35, stroke: "var(--c1)", "stroke-width": 2,
    d: `M${sx(x.low)} ${sy(0)}V${sy(ends.length)}` +
      ends.map((end, i) => `H${sx(end - last)}V${sy(ends.length - i - 1)}`).join("") + "Z" })];
  const told = `from the first worker's last task to the end ${seconds(waited)}`;
  return section("tail", "Tail", element("p", { class: "faint" },
    `Workers that had not yet done their last task: ${told}. At the end of all Starmaps together, workers without work took ${percent(figures.time_use.imbalance)} of the time.`),
  plot({ x, y, draw, summary: `Tail: ${told}` }));
}

function memorySection(sample) {
  const hungry = rowsOf(data.hungriest);
  const known = [...hungry, ...sample].filter((task) => task.mem_gb > 0 && task.start !== null);
  if (known.length === 0) return null;
  const most = hungry[0];
  const unit = most.mem_gb < 1 ? { size: 1024, sign: "MiB" } : { size: 1, sign: "GiB" };
  const memory = (task) => task.mem_gb * unit.size;
  const told = `${digits(memory(most))} ${unit.sign}`;
  const y = { ...rangeOf(known.map(memory), { fromZero: true }), label: `peak memory [${unit.sign}]` };
  const x = asTimes(rangeOf([0, ...known.map((task) => task.start)]), "start of the task");
  x.low = 0;
  x.logarithmic = false;
  const draw = (sx, sy) => [
    ...dotsByName(known, (task) => [sx(task.start), sy(memory(task))]),
    ...hungry.slice(0, 1).map((task) => ring(sx(task.start), sy(memory(task)), "var(--ink)",
      `${taskInWords(task)}; ${told}`)),
  ];
  return section("memory", "Memory by task", element("p", { class: "faint" },
    `${sampleInWords(sample.length)}, and those with most memory. A process keeps its peak: later tasks of a worker show at least that of earlier ones. The most: ${told}, task ${most.task_no} of \u201c${nameOf(most.name)}\u201d on worker ${most.worker}.`),
  plot({ x, y, draw, summary: `Peak memory of the process of each task, at most ${told}` }),
  legend(legendOfNames(known.map((task) => task.name))));
}
