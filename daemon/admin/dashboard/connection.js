// The details of one connection, in a dialog: its figures, drops by reason, subscriptions and
// messages.
import { ask } from "./api.js";
import { closeConnection, mayRun, whyNot } from "./commands.js";
import { button, byId, facts, make } from "./elements.js";
import { bytes, count, exact, number, perSecond, timeOfDay, uptime } from "./format.js";
import { Listing } from "./listing.js";
import { RowRates } from "./rates.js";
import { subscriptionColumns, subscriptionKey } from "./subscriptions.js";
import { Trace } from "./trace.js";

const dialog = byId("connection");
let open = null;  // {number, …} of the shown connection

function figuresOf(row, rates) {
  const rate = (field, text) => perSecond(text)(rates.of(row, field));
  const amount = (value, rateText) => (value === "" ? "" : `${value} (${rateText})`);
  return [
    ["Client", row.clientName], ["User", row.user], ["Peer", row.peer], ["Listener", row.listener],
    ["Protocol", row.protocol], ["TLS", row.tls], ["Reactor", row.reactor],
    ["Open since", timeOfDay(number(row.openedUnixNanoseconds) / 1e9)],
    ["Idle for", uptime(number(row.idleNanoseconds) / 1e9)],
    ["Received", amount(bytes(number(row.receivedBytes)), rate("receivedBytes", bytes))],
    ["Sent", amount(bytes(number(row.sentBytes)), rate("sentBytes", bytes))],
    ["Delivered", amount(exact(row.deliveredMessages), rate("deliveredMessages", count))],
    ["Pending", bytes(number(row.pendingBytes))],
    ["Queued messages", exact(row.queuedMessages)], ["Waiting for credit", exact(row.heldMessages)],
    ["Pending requests", exact(row.pendingRequests)], ["Paused publishers", exact(row.pausedPublishers)],
    ["Ended", row.closeReason ? `${row.closeReason} ${row.closeDetail}` : ""],
  ];
}

function dropsOf(row) {
  const reasons = Object.entries(row.droppedByReason || {});
  return reasons.length
    ? facts(reasons.map(([reason, messages]) => [reason, exact(messages)])) : [make("p", {}, "none")];
}

function build(row) {
  const view = {
    number: row.number, row, trace: new Trace(row.number), rates: new RowRates((one) => one.number),
    figures: make("dl", { className: "facts" }), drops: make("dl", { className: "facts", id: "connection-drops" }),
    kick: button("Close the connection", () => closeConnection(view.row), { id: "kick", className: "danger" }),
    leave: button("Back", () => dialog.close(), { id: "leave" }),
  };
  view.kick.disabled = !mayRun("kick");
  const table = make("table", { id: "own-subscriptions" });
  dialog.replaceChildren(
    make("h2", { id: "connection-title" }, `Connection ${row.number}`),
    make("div", { className: "toolbar" }, view.leave, view.kick, make("span", {}, whyNot("kick"))),
    view.figures, make("h3", {}, "Dropped by reason"), view.drops,
    make("h3", {}, "Subscriptions"), make("div", { className: "scroll" }, table), view.trace.element,
  );
  return view;
}

function buildListing(number) {
  return new Listing("own-subscriptions", {
    path: "subscriptions", field: "subscriptions", columns: subscriptionColumns(), sort: "connection",
    keyOf: subscriptionKey, nothing: "no subscriptions", fixed: { connection: number },
  });
}

async function find(number) {
  for (const closed of ["", "true"]) {
    const { connections } = await ask("connections", { number, closed });
    if (connections.length) return connections[0];
  }
  return null;
}

function show(view, row) {
  view.row = row;
  view.rates.take([row], performance.now() / 1000);
  view.figures.replaceChildren(...facts(figuresOf(row, view.rates)));
  view.drops.replaceChildren(...dropsOf(row));
  if (row.closeReason) view.kick.disabled = true;
}

export async function refreshConnection() {
  const view = open;
  if (!view) return;
  const row = await find(view.number);
  if (open !== view) return;
  if (row) show(view, row);
  await Promise.all([view.subscriptions.refresh(), view.trace.refresh()]);
}

export function openConnection(row) {
  open = build(row);
  dialog.showModal();
  open.subscriptions = buildListing(row.number);  // which finds its table in the page
  refreshConnection().catch(() => {});  // the next refresh of the page reports it
}

dialog.addEventListener("close", () => {
  const view = open;
  open = null;
  view?.trace.end();
});
