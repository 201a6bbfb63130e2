// Puts the page together.

function head() {
  const facts = [
    ["Command", figures.command_line && element("code", { tabindex: figures.command_line.length > 400 ? "0" : null }, figures.command_line)],
    ["Started", figures.start_time], ["Length", figures.span > 0 ? seconds(figures.span, 4) : null],
    ["Workers", count(figures.num_workers)], ["Task attempts", count(figures.attempts)],
    ["Failed", figures.failed > 0 ? count(figures.failed) : null],
    ["Ran by", figures.distribute], ["MPI", figures.mpi_library], ["Slurm job", figures.slurm_job_id],
    ["Seed", String(figures.seed)], ["Starmap", figures.starmap_version],
  ].filter(([, value]) => value);
  const file = figures.file.split("/").pop();
  document.title = `${file} \u2013 Starmap report`;
  document.getElementById("head").append(
    element("h1", {}, file),
    element("p", figures.complete ? {} : { class: "warning" }, figures.complete ? "This record is complete." : sentence(data.state)),
    element("dl", { class: "facts" }, ...facts.map(([name, value]) =>
      element("div", {}, element("dt", {}, name), element("dd", {}, value)))));
}

function adviceSection() {
  if (figures.advice.length === 0) return null;
  return section("advice", "Advice", element("ul", {}, ...figures.advice.map((advice) =>
    element("li", {}, sentence(advice.text)))));
}

function main() {
  head();
  const place = document.getElementById("main");
  if (figures.attempts === 0) {
    place.append(section("empty", "No tasks", element("p", {}, "The record holds no task yet.")));
    return;
  }
  const sample = rowsOf(data.sample);
  const timeline = line.end > 0 || slices.length > 0 ? timelineSection() : null;
  const present = (sections) => sections.filter((each) => each !== null);
  place.append(...present([adviceSection(), useSection(), timeline && timeline.made,
    element("div", { class: "pair" }, ...present([histogramSection(), weightSection(sample), busySection(),
      tailSection(), memorySection(sample)])),
    ...tableSections()]));
  if (!timeline) return;
  timeline.recolour();
  const redraw = () => timeline.view.draw();
  new ResizeObserver(redraw).observe(timeline.view.canvas.parentElement);
  for (const media of ["(prefers-color-scheme: dark)", "print"]) matchMedia(media).addEventListener("change", redraw);
  window.addEventListener("beforeprint", redraw);
}

main();
root.dataset.scheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
root.dataset.drawn = "yes";
