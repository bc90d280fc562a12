// The list of open connections.
import { openConnection } from "./connection.js";
import { bytes, count, number, perSecond } from "./format.js";
import { Listing } from "./listing.js";

const words = (title, field, width = "wide") => ({ title, width, text: (row) => row[field] || "–" });

export const connections = new Listing("connections", {
  path: "connections",
  field: "connections",
  sort: "pending",
  keyOf: (row) => row.number,
  nothing: "no connections",
  alarm: (row, rates) => rates.of(row, "droppedMessages") > 0,
  columns: (rates) => [
    { title: "Number", sort: "number", rises: true, text: (row) => row.number, open: openConnection,
      label: (row) => `Details of connection ${row.number}` },
    words("Client", "clientName"), words("User", "user"), words("Listener", "listener"), words("Peer", "peer", "peer"),
    { title: "Pending", sort: "pending", number: true, text: (row) => bytes(number(row.pendingBytes)) },
    { title: "Dropped", sort: "dropped", number: true, text: (row) => count(number(row.droppedMessages)),
      alarm: (row) => number(row.droppedMessages) > 0 },
    { title: "Received", sort: "received", number: true, text: (row) => bytes(number(row.receivedBytes)) },
    { title: "Receives", sort: "receives", number: true, text: (row) => perSecond(bytes)(number(row.receivedBytesPerSecond)) },
    { title: "Sent", sort: "sent", number: true, text: (row) => bytes(number(row.sentBytes)) },
    { title: "Sends", sort: "sends", number: true, text: (row) => perSecond(bytes)(number(row.sentBytesPerSecond)) },
    { title: "Delivers", number: true, text: (row) => perSecond(count)(rates.of(row, "deliveredMessages")) },
    { title: "Subscriptions", sort: "subscriptions", number: true, text: (row) => count(number(row.subscriptions)) },
  ],
});
