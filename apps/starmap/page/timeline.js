// The timeline: a lane a worker. Few tasks are drawn each by itself; of many the parts of time that
// each lane was busy, and the longest tasks over them once the view is near enough to show them.

const line = data.timeline;
const cells = line.cells ? Uint8Array.from(atob(line.cells), (c) => c.charCodeAt(0)) : null;
const slices = rowsOf(line.tasks ?? line.longest);
const marks = cells ? rowsOf(line.not_ok) : slices.filter((task) => task.status !== 0);
const STRIP = 46; // height of the part that shows how many are busy
const AXIS = 26;
const LABELS = 86;

/** The red, green and blue of a colour #rrggbb. */
function channels(colour) {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}

class Timeline {
  constructor(canvas, reading) {
    this.canvas = canvas;
    this.reading = reading;
    this.by = "name";
    this.end = line.end || 1;
    this.from = 0;
    this.to = this.end;
    this.laneHeight = Math.max(1, Math.min(22, 620 / Math.max(1, line.lanes)));
  }

  colours() {
    const style = getComputedStyle(root);
    const of = (name) => style.getPropertyValue(name).trim();
    this.ink = of("--ink");
    this.faint = of("--faint");
    this.grid = of("--grid");
    this.lane = of("--lane");
    this.panel = of("--panel");
    this.names = Array.from({ length: 12 }, (_, i) => of(`--c${i < OTHERS ? i : 11}`));
    this.statuses = STATUSES.map((status) => of(status === "ok" ? "--c0" : `--${status}`));
  }

  draw() {
    const ratio = window.devicePixelRatio || 1;
    this.width = Math.max(200, this.canvas.clientWidth);
    this.height = STRIP + Math.ceil(line.lanes * this.laneHeight) + AXIS;
    this.canvas.style.height = `${this.height}px`;
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.colours();
    const pen = this.canvas.getContext("2d");
    pen.scale(ratio, ratio);
    pen.font = "12px system-ui, sans-serif";
    const busy = new Float64Array(Math.ceil(this.width - LABELS));
    pen.fillStyle = this.lane;
    const gap = this.laneHeight > 4 ? 1 : 0;
    for (let lane = 0; lane < line.lanes; lane += 1) {
      pen.fillRect(LABELS, this.top(lane), this.width - LABELS, this.laneHeight - gap);
    }
    if (cells) this.drawCells(pen, busy, gap);
    this.drawSlices(pen, busy, gap);
    this.drawMarks(pen, gap);
    this.drawStrip(pen, busy);
    this.drawAxes(pen);
  }

  top(lane) { return STRIP + lane * this.laneHeight; }
  x(time) { return LABELS + ((time - this.from) / (this.to - this.from)) * (this.width - LABELS); }
  time(x) { return this.from + ((x - LABELS) / (this.width - LABELS)) * (this.to - this.from); }

  colour(task) { return this.by === "name" ? this.names[Math.min(task.name, 11)] : this.statuses[task.status]; }

  /**
   * The mean of the bins of each column of pixels, in the colour of the busiest. Made as an image of
   * one pixel a lane and stretched: many thousand small rectangles would take too long to move.
   */
  drawCells(pen, busy, gap) {
    const image = new ImageData(busy.length, line.lanes);
    const names = this.names.map(channels);
    const [ok, failed] = [channels(this.statuses[0]), channels(this.statuses[1])];
    const idle = channels(this.lane);
    const perPixel = (this.to - this.from) / (this.width - LABELS) / line.bin_width;
    const start = this.from / line.bin_width;
    for (let lane = 0; lane < line.lanes; lane += 1) {
      const row = lane * line.bins;
      for (let column = 0; column < busy.length; column += 1) {
        const first = Math.floor(start + column * perPixel);
        const last = Math.min(line.bins, Math.max(first + 1, Math.floor(start + (column + 1) * perPixel)));
        let sum = 0;
        let most = 0;
        let kind = 0;
        for (let bin = first; bin < last; bin += 1) {
          const share = cells[2 * (row + bin)];
          sum += share;
          if (share > most) {
            most = share;
            kind = cells[2 * (row + bin) + 1];
          }
        }
        const share = sum > 0 ? sum / (255 * (last - first)) : 0;
        busy[column] += share * line.workers_a_lane;
        const colour = kind >= 128 ? failed : this.by === "name" ? names[Math.min(kind, 11)] : ok;
        const depth = share > 0 ? 0.12 + 0.88 * share : 0;
        const at = 4 * (lane * busy.length + column);
        for (let i = 0; i < 3; i += 1) image.data[at + i] = idle[i] + depth * (colour[i] - idle[i]);
        image.data[at + 3] = 255;
      }
    }
    const small = document.createElement("canvas");
    [small.width, small.height] = [image.width, image.height];
    small.getContext("2d").putImageData(image, 0, 0);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(small, LABELS, STRIP, busy.length, line.lanes * this.laneHeight);
    pen.fillStyle = this.panel;
    for (let lane = 1; gap > 0 && lane <= line.lanes; lane += 1) {
      pen.fillRect(LABELS, this.top(lane) - gap, busy.length, gap);
    }
  }

  drawSlices(pen, busy, gap) {
    const least = cells ? 4 : 0; // over the bins only what can be seen to be a task
    for (const task of slices) {
      const left = this.x(task.start);
      const right = this.x(task.start + task.duration);
      if (right < LABELS || left > this.width || right - left < least) continue;
      const from = Math.max(LABELS, left);
      const width = Math.min(this.width, right) - from;
      if (!cells) this.countBusy(busy, from - LABELS, from - LABELS + width);
      pen.fillStyle = this.colour(task);
      pen.globalAlpha = line.workers_a_lane > 1 ? 0.5 : 1;
      const between = width > 3 ? 0.7 : 0; // lets two neighbours be told apart
      pen.fillRect(from, this.top(task.lane), Math.max(0.6, width - between), this.laneHeight - gap);
    }
    pen.globalAlpha = 1;
  }

  countBusy(busy, from, to) {
    for (let column = Math.floor(from); column < to && column < busy.length; column += 1) {
      busy[column] += Math.min(to, column + 1) - Math.max(from, column);
    }
  }

  /** What did not end ok is hatched too: not only the colour tells it. */
  drawMarks(pen, gap) {
    const height = Math.max(2, this.laneHeight - gap);
    for (const task of marks) {
      const left = Math.max(LABELS, this.x(task.start));
      const right = Math.min(this.width, this.x(task.start + task.duration));
      if (right < LABELS || left > this.width) continue;
      const top = this.top(task.lane);
      const width = Math.max(2, right - left);
      pen.fillStyle = this.by === "name" && task.status !== 5 ? this.statuses[1] : this.statuses[task.status];
      pen.fillRect(left, top, width, height);
      if (width < 6 || height < 6) continue;
      pen.save();
      pen.beginPath();
      pen.rect(left, top, width, height);
      pen.clip();
      pen.strokeStyle = this.lane;
      pen.beginPath();
      for (let at = left - height; at < right; at += 6) {
        pen.moveTo(at, top + height);
        pen.lineTo(at + height, top);
      }
      pen.stroke();
      pen.restore();
    }
  }

  drawStrip(pen, busy) {
    const workers = Math.max(1, line.workers.length);
    const height = STRIP - 12;
    pen.fillStyle = this.faint;
    pen.globalAlpha = 0.55;
    for (let column = 0; column < busy.length; column += 1) {
      const part = Math.min(1, busy[column] / workers) * height;
      pen.fillRect(LABELS + column, 4 + height - part, 1, part);
    }
    pen.globalAlpha = 1;
    pen.fillStyle = this.ink;
    pen.textAlign = "right";
    pen.fillText(count(workers), LABELS - 6, 13);
    pen.fillText("busy 0", LABELS - 6, 4 + height);
  }

  drawAxes(pen) {
    const bottom = this.height - AXIS;
    const every = Math.ceil(13 / this.laneHeight);
    pen.fillStyle = this.ink;
    pen.textAlign = "right";
    for (let lane = 0; lane < line.lanes; lane += every) {
      const number = line.workers[lane * line.workers_a_lane];
      pen.fillText(`worker ${number}`, LABELS - 6, this.top(lane) + Math.max(10, this.laneHeight / 2 + 4));
    }
    const unit = unitOf(this.to);
    const span = { low: this.from / unit.size, high: this.to / unit.size };
    pen.strokeStyle = this.faint;
    pen.textAlign = "center";
    for (const tick of ticksOf(span, Math.max(2, this.width / 110))) {
      const x = this.x(tick * unit.size);
      pen.beginPath();
      pen.moveTo(x, bottom);
      pen.lineTo(x, bottom + 5);
      pen.stroke();
      if (x < this.width - 16) pen.fillText(digits(tick, 9), x, bottom + 18);
    }
    pen.textAlign = "right";
    pen.fillText(`[${unit.sign}]`, LABELS - 14, bottom + 18);
  }

  show(from, to) {
    const least = Math.max(this.end * 1e-7, 1e-7);
    const width = Math.min(this.end, Math.max(least, to - from));
    this.from = Math.min(Math.max(0, from), this.end - width);
    this.to = this.from + width;
    this.draw();
    this.reading.textContent = `Shown: ${seconds(this.from, 6)} to ${seconds(this.to, 6)} of ${seconds(this.end, 6)}.`;
  }

  zoom(factor, at = (this.from + this.to) / 2) {
    this.show(at - (at - this.from) * factor, at + (this.to - at) * factor);
  }

  pan(part) {
    const shift = (this.to - this.from) * part;
    this.show(this.from + shift, this.from + shift + (this.to - this.from));
  }

  /** What lies at a point, in words. */
  tell(x, y) {
    const lane = Math.floor((y - STRIP) / this.laneHeight);
    const time = this.time(x);
    if (lane < 0 || lane >= line.lanes || x < LABELS) return "";
    const near = (this.to - this.from) / this.width;
    const holds = (task) => task.lane === lane && time >= task.start - near &&
      time <= task.start + task.duration + near;
    const task = marks.find(holds) ?? slices.find((each) => holds(each) &&
      (!cells || each.duration > 4 * near));
    if (task) return taskInWords(task);
    const first = line.workers[lane * line.workers_a_lane];
    if (!cells) return `worker ${first} at ${seconds(time, 6)}: idle`;
    const bin = Math.min(line.bins - 1, Math.floor(time / line.bin_width));
    const at = 2 * (lane * line.bins + bin);
    const who = line.workers_a_lane > 1 ? `workers from ${first} on` : `worker ${first}`;
    const what = cells[at] > 0 ? `, mostly with \u201c${nameOf(cells[at + 1] & 127)}\u201d` : "";
    return `${who} at ${seconds(time, 6)}: busy ${percent(cells[at] / 255)} of ${seconds(line.bin_width)}${what}`;
  }
}
