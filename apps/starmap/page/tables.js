// Tables that sort by any column; long ones begin with their first rows.

const FIRST_ROWS = 50;

/** A column: its heading, what it takes from a row, and how a number is told (none: it is text). */
function sortable(id, title, note, columns, rows) {
  if (rows.length === 0) return null;
  const body = element("tbody");
  let order = rows;
  let shown = FIRST_ROWS;
  const cell = (row, column) => {
    const value = column.of(row);
    return column.told ? element("td", { class: "number" }, column.told(value))
      : element("td", {}, String(value ?? ""));
  };
  const more = element("button", { type: "button", class: "more" });
  const show = () => {
    body.replaceChildren(...order.slice(0, shown).map((row) =>
      element("tr", {}, ...columns.map((column) => cell(row, column)))));
    more.textContent = `Show all ${count(rows.length)} rows`;
    more.hidden = rows.length <= shown;
  };
  more.addEventListener("click", () => {
    shown = Infinity;
    show();
  });
  const heads = columns.map((column) => {
    const button = element("button", { type: "button" }, column.title);
    const head = element("th", { scope: "col", class: column.told ? "number" : null }, button);
    button.addEventListener("click", () => {
      // Of numbers the largest are of most interest, of texts the first.
      const was = head.getAttribute("aria-sort");
      const descending = was ? was === "ascending" : Boolean(column.told);
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      order = sorted(rows, column, descending);
      show();
    });
    return head;
  });
  show();
  const made = section(id, title, note ? element("p", { class: "faint" }, note) : null,
    element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": title },
      element("table", {}, element("thead", {}, element("tr", {}, ...heads)), body)), more);
  made.classList.add("table");
  return made;
}

/** What is not known comes last either way. */
function sorted(rows, column, descending) {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [column.of(a), column.of(b)];
    if (x === null || y === null) return (x === null) - (y === null);
    return sign * (column.told ? x - y : String(x).localeCompare(String(y), "en", { numeric: true }));
  });
}

const col = (title, key, told = null) =>
  ({ title, told, of: typeof key === "function" ? key : (row) => row[key] });

/** What is said of a list that was too long for the page. */
function leftOut(key) {
  const number = data.left_out[key];
  return number ? ` ${count(number)} more are left out here; starmap info has them.` : "";
}

function tableSections() {
  const host = (row) => row.hostname || "\u2013";
  return [
    sortable("names-table", "Tasks by name", `Durations are those of the attempts that ended ok.${leftOut("names")}`, [
      col("name", "name"), col("tasks", "tasks", count), col("items", "items", count), col("not ok", "not_ok", count),
      col("total", "total", seconds), col("mean", "mean", seconds), col("deviation", "stddev", seconds),
      col("shortest", "min", seconds), col("longest", "max", seconds), col("slowfac", "slowfac", digits),
      col("R\u00b2", "r_squared", digits), col("memory", (row) => (row.mem_gb === null ? null : row.mem_gb * 2 ** 30), bytes),
      col("sent", "sent", bytes), col("received", "received", bytes)], figures.names),
    sortable("failures-table", "Failures",
      `${plural(figures.failed, "attempt")} failed; here are the first ${count(figures.failures.length)} that say why.`, [
        col("name", "name"), col("task", "task_no", count), col("attempt", "attempt", count), col("item", "item", count),
        col("rank", "rank", count), col("host", host), col("error", "error")], figures.failures),
    sortable("slowest-table", "Slowest tasks", null, [
      col("name", "name"), col("task", "task_no", count), col("items", "items", count), col("duration", "duration", seconds),
      col("weight", "weight", digits), col("per weight", (row) => (row.weight > 0 ? row.duration / row.weight : null), seconds),
      col("rank", "rank", count), col("host", host)], figures.slowest),
    sortable("outliers-table", "Tasks farthest from what their weights say", null, [
      col("name", "name"), col("task", "task_no", count), col("items", "items", count), col("duration", "duration", seconds),
      col("expected", "expected", seconds), col("off by", (row) => Math.abs(row.duration - row.expected), seconds),
      col("weight", "weight", digits), col("rank", "rank", count), col("host", host)],
    figures.names.flatMap((name) => name.outliers)),
    sortable("workers-table", "Workers", null, [
      col("worker", "worker", count), col("rank", "rank", count), col("host", host), col("tasks", "tasks", count),
      col("computing", "computing", seconds), col("packing", "packing", seconds), col("busy", "busy_share", percent)],
    figures.workers),
    sortable("starmaps-table", "Starmaps", leftOut("starmaps"), [
      col("number", "starmap", count), col("name", "name"), col("attempts", "tasks", count), col("items", "items", count),
      col("start", "start", (value) => seconds(value, 5)), col("end", "end", (value) => seconds(value, 5)),
      col("policy", "policy"), col("failures", "failures", count), col("sent", "sent", bytes),
      col("received", "received", bytes)], figures.starmaps),
    sortable("operations-table", "Operations inside tasks", leftOut("performance_data"), [
      col("operation", "operation"), col("time", "time_sec", seconds), col("memory", (row) => (row.memory_mb === null ? null : row.memory_mb * 2 ** 20), bytes),
      col("counts", "counts", count)], figures.performance_data),
  ];
}
