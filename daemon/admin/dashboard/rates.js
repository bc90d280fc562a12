// Rates between two snapshots of the daemon's counters.
import { number } from "./format.js";

const grown = (now, before) => Math.max(0, number(now) - number(before));
const sumOf = (map) => Object.values(map || {}).reduce((sum, value) => sum + number(value), 0);

// The time within which a share of the requests between two snapshots had its reply: the upper
// bound of its histogram's bucket. NaN if there were none.
function quantile(now, before, share) {
  const counts = (now.counts || []).map((value, i) => grown(value, before.counts?.[i]));
  const all = counts.reduce((sum, value) => sum + value, 0);
  let seen = 0;
  for (let i = 0; all > 0 && i < counts.length; i += 1) {
    seen += counts[i];
    if (seen >= share * all) return now.boundsSeconds[Math.min(i, now.boundsSeconds.length - 1)];
  }
  return NaN;
}

export function ratesBetween(before, now) {
  const seconds = Math.max(now.at - before.at, 1e-3);
  const rate = (name) => grown(now.stats[name], before.stats[name]) / seconds;
  const oldReactors = new Map((before.stats.reactors || []).map((row) => [row.reactor, row]));
  const oldSubjects = new Map((before.subjects.subjects || []).map((row) => [row.subject, row]));
  const drops = (snapshot) => snapshot.stats.droppedMessages;
  return {
    received: rate("receivedMessages"),
    delivered: rate("deliveredMessages"),
    bytesIn: rate("receivedBytes"),
    bytesOut: rate("sentBytes"),
    drops: grown(sumOf(drops(now)), sumOf(drops(before))) / seconds,
    dropsOf: (reason) => grown(drops(now)?.[reason], drops(before)?.[reason]) / seconds,
    p99: quantile(now.stats.requestDurations || {}, before.stats.requestDurations || {}, 0.99),
    load: (row) => Math.min(1, grown(
      row.cpuNanoseconds, oldReactors.get(row.reactor)?.cpuNanoseconds) / 1e9 / seconds),
    turns: (row) => grown(row.turns, oldReactors.get(row.reactor)?.turns) / seconds,
    subject: (row) => grown(row.messages, oldSubjects.get(row.subject)?.messages ?? row.messages) / seconds,
  };
}

// Rates of the rows of a list, each by its key, from one page of it to the next.
export class RowRates {
  constructor(keyOf) {
    this.keyOf = keyOf;
    this.before = new Map();
    this.now = new Map();
    this.seconds = NaN;
    this.at = NaN;
  }

  take(rows, at) {
    this.before = this.now;
    this.now = new Map(rows.map((row) => [this.keyOf(row), row]));
    this.seconds = Math.max(at - this.at, 1e-3);
    this.at = at;
  }

  // NaN for a row that was not there before.
  of(row, field) {
    const old = this.before.get(this.keyOf(row));
    return old ? grown(row[field], old[field]) / this.seconds : NaN;
  }
}
