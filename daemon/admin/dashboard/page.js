// The dashboard: polls the daemon, and shows its figures.
//
//   poll -> snapshot -> rates against the one before -> tiles, charts, tables
import { Refused, ask, askHealth } from "./api.js";
import { onRange, refreshCharts } from "./charts.js";
import { showRights } from "./commands.js";
import { openConnection, refreshConnection } from "./connection.js";
import { connections } from "./connections.js";
import { byId } from "./elements.js";
import { showFigures } from "./figures.js";
import { number, uptime } from "./format.js";
import { Listing } from "./listing.js";
import { ratesBetween } from "./rates.js";
import { onSignIn, showSignIn } from "./sign_in.js";
import { showState } from "./state.js";
import { subscriptionColumns, subscriptionKey } from "./subscriptions.js";
import "./theme.js";
import { showTiles } from "./tiles.js";

const PERIOD = 1000;

const subscriptions = new Listing("subscriptions", {
  path: "subscriptions", field: "subscriptions", sort: "connection", keyOf: subscriptionKey,
  columns: subscriptionColumns((row) => openConnection({ ...row, number: row.connection })),
  nothing: "no subscriptions",
  alarm: (row, rates) => rates.of(row, "droppedMessages") > 0,
});

const view = { snapshot: null, rates: null, paused: false, trouble: "" };

async function takeSnapshot() {
  const status = await ask("status");  // alone: a wrong token is one attempt
  const [listeners, closed, subjects, health] = await Promise.all([
    ask("listeners"), ask("connections", { closed: "true", limit: 20 }),
    ask("subjects", { limit: 20 }), askHealth(),
  ]);
  return { at: performance.now() / 1000, ...status, listeners, closed, subjects, health };
}

function take(snapshot) {
  const { snapshot: before } = view;
  // After a restart of the daemon its counters begin at 0.
  const same = before && before.info.startedUnixNanoseconds === snapshot.info.startedUnixNanoseconds;
  view.rates = same ? ratesBetween(before, snapshot) : null;
  view.snapshot = snapshot;
}

function show() {
  const { info } = view.snapshot;
  const started = number(info.startedUnixNanoseconds) / 1e9;
  document.title = `${info.serverName} – telex`;
  byId("server-name").textContent = info.serverName;
  byId("server-facts").textContent =
    `${info.serverVersion} · pid ${info.processId} · up ${uptime(Math.max(0, Date.now() / 1000 - started))}`;
  showRights(view.snapshot.commands);
  showTiles(view.snapshot, view.rates);
  showFigures(view.snapshot, view.rates);
}

async function refreshLists() {
  const problems = await Promise.all([
    connections.refresh(), subscriptions.refresh(), refreshCharts(), refreshConnection(),
  ]);
  const problem = problems.find(Boolean);
  if (problem) throw problem;
}

let timer = 0;
let latest = 0;

async function update() {
  const snapshot = await takeSnapshot();
  take(snapshot);
  if (view.paused) return;
  show();
  await refreshLists();
}

function troubleOf(problem) {
  if (problem instanceof Refused) return "token required";
  // The daemon's text, if it has responded.
  return problem.report ? problem.message : "no response, retrying";
}

async function poll() {
  clearTimeout(timer);
  latest += 1;
  const mine = latest;
  const began = performance.now();
  const problem = await update().then(() => null, (one) => one);
  if (mine !== latest) return;  // another token was entered meanwhile
  // Where lists are long, they take no more than a tenth of the daemon's time.
  timer = setTimeout(poll, problem ? PERIOD : Math.max(PERIOD, 9 * (performance.now() - began)));
  const refused = problem instanceof Refused ? problem : null;
  view.trouble = problem ? troubleOf(problem) : "";
  if (refused || !problem) showSignIn(refused, view.snapshot);
  showState(view);
}

byId("pause").addEventListener("click", () => {
  view.paused = !view.paused;
  byId("pause").setAttribute("aria-pressed", view.paused);
  if (view.snapshot && !view.paused) show();
  showState(view);
});

// The age of old figures grows also while a request waits.
setInterval(() => view.trouble && showState(view), PERIOD);

onSignIn(poll);
onRange(() => refreshCharts().catch(() => {}));  // the next poll reports it
poll();
