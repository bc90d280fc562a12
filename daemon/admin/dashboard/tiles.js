// The current values at the top of the page.
import { byId, make } from "./elements.js";
import { atMost, bytes, count, number, percent } from "./format.js";

export function showTiles({ stats, info }, rates) {
  const used = number(stats.pendingBytes) / (number(info.memoryBudgetBytes) || 1);
  const rate = (value, text) => (rates ? `${text(value)}/s` : "–");
  const tiles = [
    ["Received", rate(rates?.received, count), rate(rates?.bytesIn, bytes)],
    ["Delivered", rate(rates?.delivered, count), rate(rates?.bytesOut, bytes)],
    ["Dropped", rate(rates?.drops, count), "", rates?.drops > 0],
    ["Connections", count(number(stats.connections)), `${count(number(stats.connectionsTotal))} total`],
    ["Subscriptions", count(number(stats.subscriptions)), ""],
    ["Pending requests", count(number(stats.pendingRequests)), `99 % ${atMost(rates?.p99)}`],
    ["Queued messages", bytes(number(stats.pendingBytes)), `${percent(used)} of the budget`, used > 0.8],
  ];
  byId("tiles").replaceChildren(...tiles.map(([title, value, note, alarm]) => (
    make("div", { className: alarm ? "alarm" : "" }, make("dt", {}, title),
      make("dd", {}, `${value} `, make("small", {}, note))))));
}
