// Axes and what lies between them, as a drawing that follows the colours of the page.

const WIDTH = 640;
const HEIGHT = 320;
const MARGIN = { left: 84, right: 14, top: 14, bottom: 50 };

/** A map of [low, high] onto [from, to], linear or logarithmic. */
function scaleOf({ low, high, logarithmic = false }, from, to) {
  const of = logarithmic ? Math.log : (value) => value;
  const span = of(high) - of(low) || 1;
  return (value) => from + ((of(value) - of(low)) / span) * (to - from);
}

function ticksOf({ low, high, logarithmic = false, whole = false }, wanted = 6) {
  const ticks = [];
  if (logarithmic) {
    const decades = Math.log10(high / low);
    const steps = decades < 1.5 ? [1, 2, 3, 5] : decades < 4 ? [1, 3] : [1];
    const every = Math.max(1, Math.ceil(decades / 8));
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += every) {
      for (const step of steps) ticks.push(step * 10 ** power);
    }
  } else {
    const rough = (high - low) / wanted;
    const power = 10 ** Math.floor(Math.log10(rough));
    const nice = power * [1, 2, 5, 10].find((each) => each * power >= rough);
    const step = whole ? Math.max(1, nice) : nice;
    for (let at = Math.ceil(low / step); at * step <= high + step * 1e-9; at += 1) ticks.push(at * step);
  }
  return ticks.filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9));
}

/** A range that holds all values, logarithmic where they are positive and span a factor of 20. */
function rangeOf(values, { fromZero = false } = {}) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!(low <= high)) return { low: 0, high: 1 };
  if (fromZero) return { low: 0, high: high > 0 ? high * 1.08 : 1 };
  if (low > 0 && high > 20 * low) return { low: low / 1.2, high: high * 1.2, logarithmic: true };
  const margin = (high - low) * 0.05 || Math.abs(high) * 0.1 || 1;
  return { low: low >= 0 ? Math.max(0, low - margin) : low - margin, high: high + margin };
}

/** The range of times, told in the unit that suits its upper end. */
function asTimes(range, label) {
  const unit = unitOf(range.high);
  return { ...range, label: `${label} [${unit.sign}]`, told: (value) => digits(value / unit.size, 6) };
}

let drawings = 0;

/**
 * A drawing with two axes. `draw` gives what lies within, from the two maps to its coordinates;
 * `summary` says in words what is seen.
 */
function plot({ x, y, summary, draw, right = null }) {
  const sx = scaleOf(x, MARGIN.left, WIDTH - MARGIN.right);
  const sy = scaleOf(y, HEIGHT - MARGIN.bottom, MARGIN.top);
  const clip = `clip${drawings += 1}`;
  const told = (axis, value) => (axis.told ?? ((each) => digits(each, 6)))(value);
  const svg = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": summary });
  svg.append(drawn("clipPath", { id: clip }, drawn("rect", {
    x: MARGIN.left, y: MARGIN.top - 4, width: WIDTH - MARGIN.left - MARGIN.right,
    height: HEIGHT - MARGIN.top - MARGIN.bottom + 4 })));
  for (const tick of ticksOf(y, 5)) {
    svg.append(
      drawn("path", { class: "grid", d: `M${MARGIN.left} ${sy(tick)}H${WIDTH - MARGIN.right}` }),
      drawn("text", { x: MARGIN.left - 6, y: sy(tick) + 4, "text-anchor": "end" }, told(y, tick)));
  }
  svg.append(drawn("g", { "clip-path": `url(#${clip})` }, ...draw(sx, sy)));
  for (const tick of x.ticks ?? ticksOf(x)) {
    svg.append(
      drawn("path", { class: "axis", d: `M${sx(tick)} ${HEIGHT - MARGIN.bottom}v5` }),
      drawn("text", { x: sx(tick), y: HEIGHT - MARGIN.bottom + 18, "text-anchor": "middle" },
        told(x, tick)));
  }
  svg.append(
    drawn("path", { class: "axis", d: `M${MARGIN.left} ${MARGIN.top}V${HEIGHT - MARGIN.bottom}H${WIDTH - MARGIN.right}` }),
    drawn("text", { x: (MARGIN.left + WIDTH - MARGIN.right) / 2, y: HEIGHT - 8, "text-anchor": "middle" }, x.label),
    drawn("text", { "text-anchor": "middle",
      transform: `translate(13 ${(MARGIN.top + HEIGHT - MARGIN.bottom) / 2}) rotate(-90)` }, y.label));
  if (right) svg.append(right);
  return svg;
}

/** Many points of one colour as one path: a stroke without length has a round end. */
function dots(points, colour) {
  return drawn("path", { stroke: colour, "stroke-width": 4, "stroke-linecap": "round",
    "stroke-opacity": 0.55, fill: "none",
    d: points.map(([x, y]) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`).join("") });
}

function section(id, title, ...children) {
  return element("section", { id, "aria-labelledby": `${id}-title` },
    element("h2", { id: `${id}-title` }, title), ...children);
}
