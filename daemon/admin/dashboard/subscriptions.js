// Columns of lists of subscriptions: of all, or of one connection.
import { count, number, perSecond } from "./format.js";

export const subscriptionKey = (row) => `${row.connection}-${row.id}`;

const words = (title, field) => ({ title, width: "wide", text: (row) => row[field] || "–" });

// `open(row)` shows the connection; without it the list is that of one connection.
export const subscriptionColumns = (open = null) => (rates) => [
  ...(open ? [{
    title: "Connection", sort: "connection", rises: true, text: (row) => row.connection, open,
    label: (row) => `Details of connection ${row.connection}`,
  }] : []),
  { title: "Filter", width: "wide", text: (row) => row.filter },
  words("Queue group", "queueGroup"),
  ...(open ? [words("Client", "clientName"), words("User", "user")] : []),
  { title: "Delivered", sort: "delivered", number: true, text: (row) => count(number(row.deliveredMessages)) },
  { title: "Per second", number: true, text: (row) => perSecond(count)(rates.of(row, "deliveredMessages")) },
  { title: "Dropped", sort: "dropped", number: true, text: (row) => count(number(row.droppedMessages)),
    alarm: (row) => number(row.droppedMessages) > 0 },
  { title: "Waiting for credit", sort: "held", number: true, text: (row) => count(number(row.heldMessages)) },
];
