"use strict";
// What the page knows, and how it says it. Every text of the record reaches the page as a text node
// or an attribute value, never as markup.

const root = document.documentElement;
root.dataset.errors = "0";
window.addEventListener("error", (event) => {
  root.dataset.errors = String(Number(root.dataset.errors) + 1);
  root.dataset.error = event.message;
});

const data = JSON.parse(document.getElementById("data").textContent);
const figures = data.figures;
const STATUSES = ["ok", "failed", "crashed", "timeout", "memory", "cancelled"];
const OTHERS = data.colours.length;

/** An element; attributes of value null are left out, children are elements or texts. */
function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for a part of a drawing. */
function drawn(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** The style property that a name has; all that share the last one are "others". */
function colourOf(index) {
  return `var(--c${index < OTHERS ? index : 11})`;
}

function nameOf(index) {
  return index < OTHERS ? data.colours[index] : "all others";
}

const UNITS = [
  { below: 1e-3, size: 1e-6, sign: "\u00b5s" },
  { below: 1, size: 1e-3, sign: "ms" },
  { below: 180, size: 1, sign: "s" },
  { below: 10800, size: 60, sign: "min" },
  { below: Infinity, size: 3600, sign: "h" },
];

/** The unit in which a time of so many seconds is best told. */
function unitOf(seconds) {
  return UNITS.find((unit) => Math.abs(seconds) < unit.below);
}

function digits(value, count = 3) {
  if (value === null || !Number.isFinite(value)) return "\u2013";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e7 || size < 1e-4) return value.toExponential(count - 1).replace(/\.?0*e\+?/, "e");
  return String(Number(value.toPrecision(size >= 10 ** count ? Math.ceil(Math.log10(size)) : count)));
}

function seconds(value, count = 3) {
  if (value === null) return "\u2013";
  if (value === 0) return "0 s";
  const unit = unitOf(value);
  return `${digits(value / unit.size, count)} ${unit.sign}`;
}

function percent(share) {
  return share === null ? "\u2013" : `${(100 * share).toFixed(1)} %`;
}

function bytes(value) {
  if (value === null) return "\u2013";
  let at = 0;
  while (Math.abs(value) >= 1024 && at < 5) {
    value /= 1024;
    at += 1;
  }
  return `${digits(value)} ${["B", "KiB", "MiB", "GiB", "TiB", "PiB"][at]}`;
}

function count(value) {
  return value === null ? "\u2013" : value.toLocaleString("en-GB");
}

function compact(value) {
  return value.toLocaleString("en-GB", { notation: "compact" });
}

function sentence(text) {
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}

function plural(number, word) {
  return `${count(number)} ${word}${number === 1 ? "" : "s"}`;
}

/** The tasks of a block of columns, as objects. */
function rowsOf(columns) {
  const keys = Object.keys(columns);
  return columns.start.map((_, row) => Object.fromEntries(keys.map((key) => [key, columns[key][row]])));
}

function taskInWords(task) {
  return `task ${task.task_no} of \u201c${nameOf(task.name)}\u201d (${plural(task.items, "item")}, ` +
    `${STATUSES[task.status]}) on worker ${task.worker}: ${seconds(task.duration)}, ` +
    `from ${seconds(task.start, 6)} on, weight ${digits(task.weight)}`;
}

function legend(entries) {
  return element("ul", { class: "legend" }, ...entries.map(({ colour, text, hatched }) =>
    element("li", {}, element("span", { class: hatched ? "swatch hatched" : "swatch",
      style: `background-color: ${colour}`, "aria-hidden": "true" }), text)));
}

/** The names that occur in these tasks, as a legend. */
function legendOfNames(indices) {
  return [...new Set(indices)].sort((a, b) => a - b)
    .map((index) => ({ colour: colourOf(index), text: nameOf(index) }));
}
