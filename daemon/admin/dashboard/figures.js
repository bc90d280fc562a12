// The tables of which the page has all rows: listeners, drops, subjects, reactors, and the last
// connections that ended.
import { connections } from "./connections.js";
import { byId } from "./elements.js";
import { bytes, count, duration, number, percent, timeOfDay } from "./format.js";
import { LocalTable } from "./table.js";

let rates = null;

const words = (title, field, width = "") => ({
  title, width, value: (row) => row[field] || "", text: (row) => row[field] || "–",
});
const amount = (title, value, text = count) => ({
  title, number: true, value, text: (row) => text(value(row)),
});
const field = (name) => (row) => number(row[name]);
// A number that identifies something, not a quantity.
const identity = (title, name) => ({ title, value: field(name), text: (row) => String(row[name]) });
// An estimate from samples.
const about = (value) => `~${count(value)}`;

function showConnections(listener) {
  connections.find(listener.name);
  byId("h-connections").scrollIntoView();
}

const tables = {
  listeners: new LocalTable("listeners", {
    nothing: "no listeners", keyOf: (row) => row.name, filter: byId("listeners-search"),
    alarm: (row) => number(row.connections) >= number(row.maxConnections),
    columns: [
      { ...words("Listener", "name"), open: showConnections,
        label: (row) => `Connections of listener ${row.name}` },
      words("Protocol", "protocol"), words("Framing", "framing"),
      amount("Connections", field("connections")), amount("Limit", field("maxConnections")),
      amount("Total", field("acceptedTotal")),
      { title: "Address", width: "wide", text: (row) => (row.addresses || []).join(" ") },
    ],
  }),
  drops: new LocalTable("drops", {
    nothing: "none", keyOf: (row) => row.reason, alarm: (row) => row.rate > 0,
    columns: [words("Reason", "reason"), amount("Per second", (row) => row.rate), amount("Total", (row) => row.total)],
  }),
  subjects: new LocalTable("subjects", {
    nothing: "no messages", keyOf: (row) => row.subject,
    columns: [
      words("Subject", "subject", "wide"), amount("Per second", (row) => rates?.subject(row) ?? 0, about),
      amount("Total", field("messages"), about),
    ],
  }),
  reactors: new LocalTable("reactors", {
    nothing: "none", keyOf: (row) => row.reactor,
    columns: [
      identity("Reactor", "reactor"), amount("Processor", (row) => rates?.load(row) ?? 0, percent),
      amount("Lag", (row) => number(row.lagNanoseconds) / 1e9, duration),
      amount("Connections", field("connections")), amount("Subscriptions", field("subscriptions")),
      amount("Turns per second", (row) => rates?.turns(row) ?? 0), amount("Pending", field("pendingBytes"), bytes),
    ],
  }),
  closed: new LocalTable("closed", {
    nothing: "none", keyOf: (row) => row.number,
    columns: [
      identity("Number", "number"), words("Client", "clientName", "wide"), words("Peer", "peer", "peer"),
      words("Reason", "closeReason"), words("Detail", "closeDetail", "wide"),
      amount("Dropped", field("droppedMessages")),
      { title: "Ended", value: field("closedUnixNanoseconds"),
        text: (row) => timeOfDay(number(row.closedUnixNanoseconds) / 1e9) },
    ],
  }),
};

const dropsOf = (stats) => Object.entries(stats.droppedMessages || {}).map(([reason, total]) => (
  { reason, total: number(total), rate: rates?.dropsOf(reason) ?? 0 }));

export function showFigures(snapshot, newRates) {
  rates = newRates;
  tables.listeners.show(snapshot.listeners.listeners || []);
  tables.drops.show(dropsOf(snapshot.stats));
  tables.subjects.show(snapshot.subjects.subjects || []);
  tables.reactors.show(snapshot.stats.reactors || []);
  tables.closed.show(snapshot.closed.connections || []);
}
