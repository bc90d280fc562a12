// The dashboard: polls /api/v1 and /readyz once a second, keeps two minutes of data, and draws it.
//
//   poll -> snapshot -> rates against the one before -> tiles, charts, tables
//
// Text that came from clients is only ever set as text, never as markup.
"use strict";

const PERIOD = 1000;
const PATIENCE = 5000;
const KEPT = 120;
const byId = (id) => document.getElementById(id);
const number = (value) => Number(value || 0);

// --- words for numbers ------------------------------------------------------------------------

function scaled(value, step, units, gap) {
  let unit = 0;
  while (value >= step && unit + 1 < units.length) {
    value /= step;
    unit += 1;
  }
  const digits = value >= 100 || (unit === 0 && Number.isInteger(value)) ? 0 : 1;
  return value.toFixed(digits) + gap + units[unit];
}

const count = (value) => scaled(value, 1000, ["", "k", "M", "G", "T"], "");
const bytes = (value) => scaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB"], " ");
const percent = (value) => `${Math.round(100 * value)} %`;

function duration(seconds) {
  if (seconds === null) return "–";
  if (seconds < 1e-3) return `${Math.round(seconds * 1e6)} µs`;
  return seconds < 1 ? `${(seconds * 1e3).toFixed(1)} ms` : `${seconds.toFixed(2)} s`;
}

function clock(seconds) {
  const two = (value) => String(Math.floor(value)).padStart(2, "0");
  const days = Math.floor(seconds / 86400);
  return `${days ? `${days}d ` : ""}${two(seconds / 3600 % 24)}:${two(seconds / 60 % 60)}:${two(seconds % 60)}`;
}

// --- requests ---------------------------------------------------------------------------------

// 401: an unknown token, or none. 403: the user of the token lacks the right.
class Refused extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

async function ask(path, token, method = "GET") {
  const response = await fetch(`/api/v1/${path}`, {
    method,
    headers: token ? { Authorization: `Bearer ${token}` } : {},
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (response.status === 401 || response.status === 403) {
    throw new Refused(response.status, (await response.json()).error);
  }
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.error || `${path}: ${response.status}`);
  }
  return response.json();
}

// 503 means not ready, and has the reasons: a valid response.
async function askHealth() {
  const response = await fetch("/readyz", { signal: AbortSignal.timeout(PATIENCE) });
  if (!response.ok && response.status !== 503) throw new Error(`readyz: ${response.status}`);
  return response.json();
}

async function takeSnapshot(token) {
  const [status, listeners, slow, closed, subjects, health] = await Promise.all([
    ask("status", token),
    ask("listeners", token),
    ask("connections?sort=pending&limit=20", token),
    ask("connections?closed=true&limit=20", token),
    ask("subjects?limit=20", token),
    askHealth(),
  ]);
  return { at: performance.now() / 1000, ...status, listeners, slow, closed, subjects, health };
}

// --- rates ------------------------------------------------------------------------------------

// The time within which a fraction of the requests between two snapshots had its reply: the upper
// bound of its histogram bucket. Returns null if there were none.
function quantile(now, before, part) {
  const counts = (now.counts || []).map((value, i) => number(value) - number(before.counts?.[i]));
  const all = counts.reduce((sum, value) => sum + value, 0);
  if (all <= 0) return null;
  let seen = 0;
  for (let i = 0; i < counts.length; i += 1) {
    seen += counts[i];
    if (seen >= part * all) return now.boundsSeconds[Math.min(i, now.boundsSeconds.length - 1)];
  }
  return null;
}

function ratesBetween(before, now) {
  const seconds = Math.max(now.at - before.at, 1e-3);
  const rate = (name) => Math.max(0, number(now.stats[name]) - number(before.stats[name])) / seconds;
  const sumOf = (map) => Object.values(map || {}).reduce((sum, value) => sum + number(value), 0);
  const oldReactors = new Map((before.stats.reactors || []).map((row) => [row.reactor, row]));
  const oldSubjects = new Map((before.subjects.subjects || []).map((row) => [row.subject, row]));
  const durations = [now.stats.requestDurations || {}, before.stats.requestDurations || {}];
  return {
    received: rate("receivedMessages"),
    delivered: rate("deliveredMessages"),
    bytesIn: rate("receivedBytes"),
    bytesOut: rate("sentBytes"),
    drops: Math.max(0, sumOf(now.stats.droppedMessages) - sumOf(before.stats.droppedMessages)) / seconds,
    dropsOf: (reason) => Math.max(0, number(now.stats.droppedMessages?.[reason])
      - number(before.stats.droppedMessages?.[reason])) / seconds,
    median: quantile(...durations, 0.5),
    p99: quantile(...durations, 0.99),
    load: (now.stats.reactors || []).map((row) => {
      const used = number(row.cpuNanoseconds) - number(oldReactors.get(row.reactor)?.cpuNanoseconds);
      return Math.min(1, Math.max(0, used / 1e9 / seconds));
    }),
    turns: (row) => Math.max(0, number(row.turns) - number(oldReactors.get(row.reactor)?.turns)) / seconds,
    subject: (row) => Math.max(0, number(row.messages)
      - number(oldSubjects.get(row.subject)?.messages ?? row.messages)) / seconds,
  };
}

// --- charts -----------------------------------------------------------------------------------

class Chart {
  constructor(id, names, format) {
    this.canvas = byId(id);
    this.title = this.canvas.parentElement.querySelector("figcaption").textContent;
    this.names = names;
    this.format = format;
    this.points = [];
  }

  add(values) {
    this.points.push(values);
    if (this.points.length > KEPT) this.points.shift();
  }

  draw() {
    const { canvas, points } = this;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    pen.font = "12px system-ui, sans-serif";
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const series = Math.max(this.names.length, ...points.map((values) => values.length), 0);
    const values = points.flat().filter((value) => value !== null);
    const most = Math.max(...values, 0) || 1;
    const [left, top, bottom] = [4, 34, height - 4];
    const x = (i) => left + (width - 2 * left) * (KEPT - points.length + i) / (KEPT - 1);
    const y = (value) => bottom - (bottom - top) * value / most;

    pen.strokeStyle = colour("--line");
    pen.lineWidth = 1;
    for (const part of [0, 0.5, 1]) {
      pen.beginPath();
      pen.moveTo(left, Math.round(y(part * most)) + 0.5);
      pen.lineTo(width - left, Math.round(y(part * most)) + 0.5);
      pen.stroke();
    }
    pen.fillStyle = colour("--quiet");
    pen.textAlign = "right";
    if (values.length) pen.fillText(this.format(most), width - left, top - 4);
    pen.textAlign = "left";
    let legend = left;
    for (let i = 0; i < series; i += 1) {
      const name = this.names[i] ?? `reactor ${i}`;
      pen.strokeStyle = pen.fillStyle = colour(`--series-${i % 6 + 1}`);
      pen.fillText(`● ${name}`, legend, 12);
      legend += pen.measureText(`● ${name}`).width + 12;
      pen.lineWidth = 1.75;
      pen.setLineDash(i % 2 ? [5, 3] : []);  // not by colour alone
      pen.beginPath();
      let down = false;
      points.forEach((row, at) => {
        const value = row[i] ?? null;
        if (value === null) { down = false; return; }
        pen[down ? "lineTo" : "moveTo"](x(at), y(value));
        down = true;
      });
      pen.stroke();
      pen.setLineDash([]);
    }
    const last = points[points.length - 1] || [];
    const spoken = last.map((value, i) =>
      `${this.names[i] ?? `reactor ${i}`} ${value === null ? "none" : this.format(value)}`);
    canvas.setAttribute("aria-label", `${this.title}: ${spoken.join(", ") || "no data"}`);
  }
}

// --- tables -----------------------------------------------------------------------------------

// `columns`: {title, value(row), text(row)?, number?, wide?}, whose title sorts by a click, or
// {title, order(row), label(row), key(row), shown()}, which is a button that orders something.
class Table {
  constructor(id, columns, nothing) {
    this.columns = columns;
    this.nothing = nothing;
    this.sorted = null;
    this.rows = [];
    const head = byId(id).createTHead().insertRow();
    columns.forEach((column, i) => {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.className = column.number ? "number" : "";
      head.append(cell);
      if (column.order) {
        cell.textContent = column.title;
        return;
      }
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = column.title;
      button.addEventListener("click", () => this.sortBy(i));
      cell.append(button);
    });
    this.head = head;
    this.body = byId(id).createTBody();
    // A button that is redrawn between press and release gets no click.
    this.pressed = false;
    this.body.addEventListener("pointerdown", () => { this.pressed = true; });
    for (const end of ["pointerup", "pointercancel"]) {
      window.addEventListener(end, () => { this.pressed = false; });
    }
  }

  sortBy(column) {
    const same = this.sorted?.column === column;
    const first = this.columns[column].number ? -1 : 1;
    this.sorted = { column, direction: same ? -this.sorted.direction : first };
    [...this.head.cells].forEach((cell, i) => {
      if (i === column) cell.ariaSort = this.sorted.direction > 0 ? "ascending" : "descending";
      else cell.removeAttribute("aria-sort");
    });
    this.show(this.rows);
  }

  show(rows) {
    this.rows = rows;
    if (this.pressed) return;
    const order = [...rows];
    if (this.sorted) {
      const { column, direction } = this.sorted;
      const value = this.columns[column].value;
      order.sort((left, right) => {
        const [a, b] = [value(left), value(right)];
        return direction * (a < b ? -1 : a > b ? 1 : 0);
      });
    }
    this.columns.forEach((column, i) => {
      if (column.order) this.head.cells[i].hidden = !column.shown();
    });
    const key = this.body.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    this.body.replaceChildren(...(order.length ? order.map((row) => this.line(row)) : [this.empty()]));
    // Keep the keyboard focus.
    if (key) this.body.querySelector(`button[data-key="${key}"]`)?.focus({ preventScroll: true });
  }

  line(row) {
    const line = document.createElement("tr");
    for (const column of this.columns) {
      if (column.order) {
        if (column.shown()) line.insertCell().append(this.button(column, row));
        continue;
      }
      const cell = line.insertCell();
      cell.className = column.number ? "number" : column.wide ? "wide" : "";
      cell.textContent = column.text ? column.text(row) : column.value(row);
    }
    return line;
  }

  button(column, row) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = column.title;
    button.setAttribute("aria-label", column.label(row));
    button.dataset.key = column.key(row);
    button.addEventListener("click", () => column.order(row));
    return button;
  }

  empty() {
    const line = document.createElement("tr");
    const cell = line.insertCell();
    cell.colSpan = this.columns.length;
    cell.className = "empty";
    cell.textContent = this.nothing;
    return line;
  }
}

// --- commands ---------------------------------------------------------------------------------

const theToken = () => sessionStorage.getItem("token");

// The daemon checks the rights; the page only asks for confirmation.
async function closeConnection(row) {
  const name = `connection ${row.number}${row.clientName ? ` (${row.clientName})` : ""}`;
  if (!window.confirm(`Close ${name} of ${row.peer || "an unknown peer"}?`)) return;
  setText(byId("done"), "");  // so that screen readers repeat the same text
  const path = `kick?connection=${row.number}&reason=${encodeURIComponent("closed by an operator")}`;
  const problem = await ask(path, theToken(), "POST").then(() => null, (refusal) => refusal);
  setText(byId("done"), problem ? `${name} was not closed: ${problem.message}` : `${name} was closed`);
}

// --- the page ---------------------------------------------------------------------------------

let before = null;
let now = null;
let rates = null;

const charts = {
  messages: new Chart("chart-messages", ["received", "delivered"], count),
  bytes: new Chart("chart-bytes", ["received", "sent"], bytes),
  latency: new Chart("chart-latency", ["median", "99 %"], duration),
  load: new Chart("chart-load", [], percent),
};

const numbers = (title, name, words) => ({
  title, number: true, value: (row) => number(row[name]), text: (row) => (words || count)(number(row[name])),
});
// A number that identifies something, not a quantity.
const identity = (title, field) => ({ title, value: (row) => number(row[field]) });
const words = (title, name, wide) => ({ title, wide, value: (row) => row[name] || "–" });

const tables = {
  listeners: new Table("listeners", [
    words("Listener", "name"), words("Protocol", "protocol"), words("Framing", "framing"),
    numbers("Connections", "connections"), numbers("Limit", "maxConnections"),
    numbers("Total", "acceptedTotal"),
    { title: "Address", wide: true, value: (row) => (row.addresses || []).join(" ") },
  ], "no listeners"),
  slow: new Table("slow", [
    identity("Number", "number"), words("Client", "clientName", true), words("User", "user"),
    words("Listener", "listener"), words("Peer", "peer"), numbers("Pending", "pendingBytes", bytes),
    numbers("Dropped", "droppedMessages"), numbers("Received", "receivedBytes", bytes),
    numbers("Sent", "sentBytes", bytes), numbers("Subscriptions", "subscriptions"),
    { title: "Close", order: closeConnection, label: (row) => `Close connection ${row.number}`,
      key: (row) => `close-${row.number}`, shown: () => Boolean(theToken()) },
  ], "no connections"),
  drops: new Table("drops", [
    { title: "Reason", value: (row) => row.reason },
    { title: "Per second", number: true, value: (row) => row.rate, text: (row) => count(row.rate) },
    { title: "Total", number: true, value: (row) => row.total, text: (row) => count(row.total) },
  ], "none"),
  subjects: new Table("subjects", [
    words("Subject", "subject", true),
    { title: "Per second", number: true, value: (row) => rates?.subject(row) ?? 0,
      text: (row) => count(rates?.subject(row) ?? 0) },
    numbers("Total", "messages"),
  ], "no messages"),
  reactors: new Table("reactors", [
    identity("Reactor", "reactor"),
    { title: "Processor", number: true, value: (row) => rates?.load[row.reactor] ?? 0,
      text: (row) => percent(rates?.load[row.reactor] ?? 0) },
    { title: "Lag", number: true, value: (row) => number(row.lagNanoseconds) / 1e9,
      text: (row) => duration(number(row.lagNanoseconds) / 1e9) },
    numbers("Connections", "connections"), numbers("Subscriptions", "subscriptions"),
    { title: "Turns per second", number: true, value: (row) => rates?.turns(row) ?? 0,
      text: (row) => count(rates?.turns(row) ?? 0) },
    numbers("Pending", "pendingBytes", bytes),
  ], "none"),
  closed: new Table("closed", [
    identity("Number", "number"), words("Client", "clientName", true), words("Peer", "peer"),
    words("Reason", "closeReason"), words("Detail", "closeDetail", true),
    { title: "Ended", value: (row) => number(row.closedUnixNanoseconds),
      text: (row) => new Date(number(row.closedUnixNanoseconds) / 1e6).toLocaleTimeString() },
  ], "none"),
};

function showTiles() {
  const { stats, info } = now;
  const used = number(stats.pendingBytes) / (number(info.memoryBudgetBytes) || 1);
  const tiles = [
    ["Received", `${count(rates?.received ?? 0)}/s`, bytes(rates?.bytesIn ?? 0) + "/s"],
    ["Delivered", `${count(rates?.delivered ?? 0)}/s`, bytes(rates?.bytesOut ?? 0) + "/s"],
    ["Connections", count(number(stats.connections)), `${count(number(stats.connectionsTotal))} total`],
    ["Subscriptions", count(number(stats.subscriptions)), ""],
    ["Pending requests", count(number(stats.pendingRequests)), `99 % in ${duration(rates?.p99 ?? null)}`],
    ["Queued messages", bytes(number(stats.pendingBytes)), `${percent(used)} of the budget`, used > 0.8],
    ["Dropped", `${count(rates?.drops ?? 0)}/s`, "", (rates?.drops ?? 0) > 0],
  ];
  byId("tiles").replaceChildren(...tiles.map(([title, value, note, alarm]) => {
    const tile = document.createElement("div");
    tile.className = alarm ? "alarm" : "";
    const [term, figure, small] = ["dt", "dd", "small"].map((name) => document.createElement(name));
    term.textContent = title;
    figure.textContent = `${value} `;
    small.textContent = note;
    figure.append(small);
    tile.append(term, figure);
    return tile;
  }));
}

function showTables() {
  const { stats } = now;
  tables.listeners.show(now.listeners.listeners || []);
  tables.slow.show(now.slow.connections || []);
  tables.drops.show(Object.entries(stats.droppedMessages || {}).map(([reason, total]) => (
    { reason, total: number(total), rate: rates?.dropsOf(reason) ?? 0 })));
  tables.subjects.show(now.subjects.subjects || []);
  tables.reactors.show(stats.reactors || []);
  tables.closed.show(now.closed.connections || []);
}

function show() {
  const { info } = now;
  const started = number(info.startedUnixNanoseconds) / 1e9;
  document.title = `${info.serverName} – telex`;
  byId("server-name").textContent = info.serverName;
  byId("server-facts").textContent =
    `${info.serverVersion} · pid ${info.processId} · up ${clock(Math.max(0, Date.now() / 1000 - started))}`;
  showTiles();
  showTables();
  Object.values(charts).forEach((chart) => chart.draw());
}

let paused = false;
let trouble = "";  // why there is no data

// The most severe state first.
function currentState() {
  if (trouble) return ["lost", trouble];
  if (!now) return ["waiting", "connecting"];
  if (now.health.draining) return ["draining", paused ? "draining; paused" : "draining"];
  if (!now.health.ready) return ["unready", now.health.reasons.join("; ")];
  return paused ? ["paused", "paused"] : ["live", "live"];
}

function showState() {
  const [state, text] = currentState();
  const element = byId("state");
  element.dataset.state = state;
  setText(element, text);
  byId("reload").hidden = !now || now.health.last_reload_succeeded;
}

// Unchanged text is not set again: screen readers would repeat it every second.
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function showSignIn(refused, token) {
  const form = byId("sign-in");
  const busy = form.contains(document.activeElement);
  form.hidden = !refused;
  byId("figures").hidden = Boolean(refused) && !now;
  let problem = "";
  if (refused && token) {
    problem = refused.status === 403
      ? `The token is valid, but ${refused.message}.` : "The token is invalid.";
  }
  setText(byId("sign-in-problem"), problem);
  byId("token").setAttribute("aria-invalid", Boolean(problem));
  if (!refused && busy) byId("figures").focus();
}

function take(snapshot) {
  // The daemon was restarted: its counters begin at 0.
  const same = now && now.info.startedUnixNanoseconds === snapshot.info.startedUnixNanoseconds;
  before = same ? now : null;
  now = snapshot;
  rates = before ? ratesBetween(before, now) : null;
  if (rates) {
    charts.messages.add([rates.received, rates.delivered]);
    charts.bytes.add([rates.bytesIn, rates.bytesOut]);
    charts.latency.add([rates.median, rates.p99]);
    charts.load.add(rates.load);
  }
}

let timer = 0;
let latest = 0;

async function poll() {
  clearTimeout(timer);
  latest += 1;
  const mine = latest;
  const token = theToken();
  const answer = await takeSnapshot(token).catch((problem) => problem);
  if (mine !== latest) return;  // another token was entered meanwhile
  timer = setTimeout(poll, PERIOD);
  const refused = answer instanceof Refused ? answer : null;
  if (answer instanceof Error) {
    trouble = refused ? "token required" : "no response, retrying";
  } else {
    trouble = "";
    take(answer);
  }
  if (refused || !trouble) showSignIn(refused, token);
  if (!trouble && !paused) show();
  showState();
}

byId("pause").addEventListener("click", () => {
  paused = !paused;
  byId("pause").setAttribute("aria-pressed", paused);
  if (now && !paused) show();
  showState();
});

byId("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  // Characters that a header field cannot carry fail before they are sent.
  sessionStorage.setItem("token", byId("token").value.trim().replace(/[^ -~]/g, "?"));
  byId("token").value = "";
  setText(byId("sign-in-problem"), "");  // so that screen readers repeat the same text
  poll();
});

function useTheme(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  byId("theme").textContent = `Theme: ${theme}`;
  localStorage.setItem("theme", theme);
  if (now) Object.values(charts).forEach((chart) => chart.draw());
}

byId("theme").addEventListener("click", () => {
  const themes = ["system", "light", "dark"];
  useTheme(themes[(themes.indexOf(localStorage.getItem("theme") || "system") + 1) % 3]);
});

window.addEventListener("resize", () => now && Object.values(charts).forEach((chart) => chart.draw()));
useTheme(localStorage.getItem("theme") || "system");
poll();
