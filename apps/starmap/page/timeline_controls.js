// How the timeline is moved: by pointer, wheel, keys and buttons.

const KEYS = {
  ArrowLeft: (view) => view.pan(-0.2), ArrowRight: (view) => view.pan(0.2),
  PageUp: (view) => view.pan(-0.9), PageDown: (view) => view.pan(0.9),
  "+": (view) => view.zoom(0.5), "=": (view) => view.zoom(0.5), "-": (view) => view.zoom(2),
  0: (view) => view.show(0, view.end), Home: (view) => view.show(0, view.to - view.from),
  End: (view) => view.show(view.end - (view.to - view.from), view.end),
};

function followPointer(view) {
  const { canvas, reading } = view;
  let held = null;
  canvas.addEventListener("pointerdown", (event) => {
    held = { x: event.offsetX, from: view.from, to: view.to };
    canvas.setPointerCapture(event.pointerId);
    canvas.classList.add("held");
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!held) {
      const told = view.tell(event.offsetX, event.offsetY);
      if (told) reading.textContent = told;
      return;
    }
    const shift = ((held.x - event.offsetX) / (view.width - LABELS)) * (held.to - held.from);
    view.show(held.from + shift, held.to + shift);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      held = null;
      canvas.classList.remove("held");
    });
  }
  canvas.addEventListener("dblclick", (event) => view.zoom(0.4, view.time(event.offsetX)));
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) return; // the page scrolls
    event.preventDefault();
    view.zoom((event.deltaY || event.deltaX) > 0 ? 1.25 : 0.8, view.time(event.offsetX));
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    if (!(event.key in KEYS) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    KEYS[event.key](view);
  });
}

function timelineSection() {
  const what = `${plural(line.workers.length, "worker")} over ${seconds(line.end)}` +
    (line.workers_a_lane > 1 ? `, ${line.workers_a_lane} neighbouring ones in a lane` : "") +
    (cells ? `; too many tasks to draw each: the deeper a colour, the busier that part of time (${seconds(line.bin_width)}), ` +
      `and the ${count(slices.length)} longest tasks appear when the view is near enough` : "");
  const canvas = element("canvas", { id: "gantt", tabindex: 0, role: "application",
    "aria-roledescription": "timeline", "aria-label": `Timeline: ${what}`, "aria-describedby": "gantt-help" });
  const reading = element("p", { class: "reading", id: "reading", "aria-live": "polite" });
  const view = new Timeline(canvas, reading);
  const by = element("select", { id: "colour-by" }, element("option", { value: "name" }, "name"),
    element("option", { value: "status" }, "status"));
  const key = element("div");
  const recolour = () => {
    view.by = by.value;
    key.replaceChildren(legend(view.by === "name"
      ? [...legendOfNames(cells ? data.durations.counts.map((_, i) => i).filter((i) => i < OTHERS || figures.names.length > OTHERS) : slices.map((task) => task.name)),
        ...(marks.length ? [{ colour: "var(--failed)", text: "did not end ok", hatched: true }] : [])]
      : STATUSES.filter((_, i) => i === 0 || marks.some((task) => task.status === i))
        .map((status, i) => ({ colour: i === 0 ? "var(--c0)" : `var(--${status})`, text: status, hatched: i > 0 }))));
    view.draw();
  };
  by.addEventListener("change", recolour);
  const button = (label, does) => {
    const made = element("button", { type: "button" }, label);
    made.addEventListener("click", () => does(view));
    return made;
  };
  followPointer(view);
  const made = section("timeline", "Timeline", element("p", { class: "faint" }, `${what}.`),
    element("div", { class: "controls" },
      element("label", {}, "Colour by ", by), button("Zoom in", KEYS["+"]), button("Zoom out", KEYS["-"]),
      button("Earlier", KEYS.ArrowLeft), button("Later", KEYS.ArrowRight), button("All", KEYS[0])),
    canvas, key, reading,
    element("p", { class: "faint screen-only", id: "gantt-help" },
      "Drag to move, double click or Ctrl and the wheel to zoom; with the keyboard: arrows, + and \u2212, 0 for all."));
  return { made, view, recolour };
}
