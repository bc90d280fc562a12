// The charts, and the range of time that they show.
import { ask } from "./api.js";
import { Chart } from "./chart.js";
import { byId } from "./elements.js";
import { atMost, bytes, count, duration, percent, perSecond } from "./format.js";

const SECONDS = { "5m": 300, "15m": 900, "1h": 3600, "6h": 21600, "24h": 86400 };
const LONGEST_AGE = 15;

const charts = [
  new Chart("chart-messages", {
    kind: "number", text: perSecond(count),
    series: [{ name: "received", field: "receivedMessages" }, { name: "delivered", field: "deliveredMessages" },
      { name: "dropped", field: "droppedMessages" }],
  }),
  new Chart("chart-bytes", {
    kind: "bytes", text: perSecond(bytes),
    series: [{ name: "received", field: "receivedBytes" }, { name: "sent", field: "sentBytes" }],
  }),
  new Chart("chart-latency", {
    kind: "number", text: duration, exactly: atMost,
    series: [{ name: "median", field: "requestMedianSeconds" }, { name: "99 %", field: "requestP99Seconds" }],
  }),
  new Chart("chart-load", {
    kind: "share", text: percent,
    series: [{ name: "mean", field: "reactorLoadMean" }, { name: "busiest", field: "reactorLoadMax" }],
  }),
  new Chart("chart-connections", {
    kind: "number", text: count, series: [{ name: "connections", field: "connections" }],
  }),
  new Chart("chart-pending", {
    kind: "bytes", text: bytes, series: [{ name: "queued", field: "pendingBytes" }],
  }),
];

const picker = byId("range");
let shown = null;

function read(range, report) {
  const lists = Object.entries(report).filter(([, value]) => Array.isArray(value));
  return {
    range: SECONDS[range],
    step: report.stepSeconds,
    // Without figures the axis ends now.
    end: Number(report.endUnixNanoseconds) / 1e9 || Date.now() / 1000,
    lists: Object.fromEntries(lists.map(([name, values]) => [name, values.map(Number)])),
  };
}

// About once for each step, and when the range has changed.
export async function refreshCharts() {
  const range = picker.value;
  const at = performance.now() / 1000;
  if (shown?.range === SECONDS[range] && at < shown.asked + Math.min(shown.step, LONGEST_AGE)) return;
  const history = read(range, await ask("history", { range }));
  if (range !== picker.value) return;
  shown = { ...history, asked: at };
  charts.forEach((chart) => chart.show(history));
}

export function onRange(changed) {
  picker.value = localStorage.getItem("range") ?? picker.value;
  if (!picker.value) picker.value = "5m";
  picker.addEventListener("change", () => {
    localStorage.setItem("range", picker.value);
    changed();
  });
}
