// A chart of the history: lines over time, with a grid, and a cursor by pointer or arrow keys that
// shows the figures of one step in the legend.
import { byId, make } from "./elements.js";
import { timeOfDay } from "./format.js";
import { timeTicks, valueScale } from "./scale.js";

const SVG = "http://www.w3.org/2000/svg";
const [LEFT, RIGHT, TOP, BOTTOM] = [62, 12, 8, 22];
const HEIGHT = 170;

function shape(name, attributes, text = "") {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
}

export class Chart {
  // `series`: [{name, field}]; `kind`: of valueScale; `text(value)` of the grid, `exactly(value)`
  // of the legend.
  constructor(id, { series, kind, text, exactly = text }) {
    this.figure = byId(id);
    this.title = this.figure.querySelector("figcaption span").textContent;
    this.series = series;
    this.kind = kind;
    this.text = text;
    this.exactly = exactly;
    this.history = null;
    this.cursor = null;  // a step's index
    this.time = make("time", {});
    this.figure.querySelector("figcaption").append(this.time);
    this.legend = make("ul", { className: "legend" });
    this.svg = shape("svg", { tabindex: "0", role: "img" });
    this.figure.append(this.legend, this.svg);
    this.values = series.map(({ name }, i) => this.addToLegend(name, i));
    this.listen();
    new ResizeObserver(() => this.draw()).observe(this.figure);
  }

  addToLegend(name, i) {
    const value = make("b", {}, "–");
    const swatch = shape("svg", { width: 22, height: 8, "aria-hidden": "true" });
    swatch.append(shape("line", { x1: 0, x2: 22, y1: 4, y2: 4, class: `line series-${i + 1}` }));
    this.legend.append(make("li", {}, swatch, ` ${name} `, value));
    return value;
  }

  listen() {
    this.svg.addEventListener("pointermove", (event) => this.pointAt(event.offsetX));
    this.svg.addEventListener("pointerleave", () => this.moveTo(null));
    this.svg.addEventListener("blur", () => this.moveTo(null));
    this.svg.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step || !this.length()) return;
      event.preventDefault();
      this.moveTo((this.cursor ?? this.length() - (step > 0 ? 1 : 0)) + step);
    });
  }

  // `history`: {end, step, range, lists}, times in seconds.
  show(history) {
    this.history = history;
    this.draw();
  }

  length() {
    return this.history ? this.history.lists[this.series[0].field].length : 0;
  }

  timeOf(i) {
    return this.history.end - (this.length() - 1 - i) * this.history.step;
  }

  pointAt(x) {
    if (!this.length()) return;
    const share = (x - LEFT) / (this.width - LEFT - RIGHT);
    const back = Math.round((1 - share) * this.history.range / this.history.step);
    this.moveTo(this.length() - 1 - back);
  }

  moveTo(index) {
    this.cursor = index === null ? null : Math.min(Math.max(index, 0), this.length() - 1);
    this.drawCursor();
  }

  draw() {
    this.width = this.svg.clientWidth;
    if (!this.history || !this.width) return;
    const { lists, end, range } = this.history;
    const largest = Math.max(0, ...this.series.flatMap(({ field }) => lists[field]).filter(Number.isFinite));
    const { most, ticks } = valueScale(this.kind, largest);
    this.x = (time) => LEFT + (this.width - LEFT - RIGHT) * (1 - (end - time) / range);
    this.y = (value) => HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / most;
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${HEIGHT}`);
    this.svg.replaceChildren(
      ...ticks.flatMap((value) => this.valueLine(value)),
      ...timeTicks(end - range, end, this.width / 80).flatMap((time) => this.timeLine(time)),
      ...this.series.map(({ field }, i) => shape("path", {
        class: `line series-${i + 1}`, d: this.path(lists[field]),
      })),
    );
    this.mark = shape("line", { class: "cursor", y1: TOP, y2: HEIGHT - BOTTOM, visibility: "hidden" });
    this.svg.append(this.mark);
    this.drawCursor();
    this.describe();
  }

  valueLine(value) {
    const y = Math.round(this.y(value)) + 0.5;
    return [
      shape("line", { class: "grid", x1: LEFT, x2: this.width - RIGHT, y1: y, y2: y }),
      shape("text", { class: "value", x: LEFT - 6, y: y + 4 }, this.text(value)),
    ];
  }

  timeLine(time) {
    const x = Math.round(this.x(time)) + 0.5;
    return [
      shape("line", { class: "grid", x1: x, x2: x, y1: TOP, y2: HEIGHT - BOTTOM }),
      shape("text", { class: "time", x, y: HEIGHT - 6 }, timeOfDay(time, false)),
    ];
  }

  // Interrupted where there is no figure; one figure alone is a dot.
  path(values) {
    const parts = [];
    let down = false;
    values.forEach((value, i) => {
      if (Number.isFinite(value)) {
        const place = `${this.x(this.timeOf(i)).toFixed(1)} ${this.y(value).toFixed(1)}`;
        parts.push(down ? `L${place}` : `M${place}h0`);
      }
      down = Number.isFinite(value);
    });
    return parts.join("");
  }

  drawCursor() {
    const length = this.length();
    const index = this.cursor ?? length - 1;
    const shown = this.cursor !== null && length > 0;
    this.time.textContent = shown ? timeOfDay(this.timeOf(index)) : "";
    this.series.forEach(({ field }, i) => {
      const value = length ? this.history.lists[field][index] : NaN;
      this.values[i].textContent = Number.isFinite(value) ? this.exactly(value) : "–";
    });
    if (!this.mark) return;
    this.mark.setAttribute("visibility", shown ? "visible" : "hidden");
    if (!shown) return;
    for (const end of ["x1", "x2"]) this.mark.setAttribute(end, this.x(this.timeOf(index)));
  }

  describe() {
    const last = this.series.map(({ name, field }) => {
      const value = this.history.lists[field].at(-1);
      return `${name} ${Number.isFinite(value) ? this.exactly(value) : "none"}`;
    });
    this.svg.setAttribute("aria-label", `${this.title}: ${this.length() ? last.join(", ") : "no data"}`);
  }
}
