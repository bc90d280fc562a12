// The commands of an operator: reload, drain, log level, and closing a connection. The daemon
// checks the rights and says which the user has; buttons for the others are disabled.
import { command } from "./api.js";
import { confirmed } from "./dialog.js";
import { byId, setText } from "./elements.js";

let refusals = {};  // by command: why it is refused; empty if it is permitted

export const mayRun = (name) => refusals[name] === "";
export const whyNot = (name) => refusals[name] ?? "";

export function report(text) {
  setText(byId("done"), "");  // so that screen readers repeat the same text
  setText(byId("done"), text);
}

// Reports the outcome. Returns the reply, or null.
async function run(name, parameters, done) {
  const answer = await command(name, parameters).catch((problem) => problem);
  if (answer instanceof Error) {
    report(`${name}: ${[answer.message, ...(answer.report?.diagnostics ?? [])].join("; ")}`);
    return null;
  }
  report(done(answer));
  return answer;
}

export async function closeConnection(row) {
  const name = `connection ${row.number}${row.clientName ? ` (${row.clientName})` : ""}`;
  const what = `Its client, ${row.peer || "an unknown peer"}, receives an error and may connect again.`;
  if (!await confirmed(`Close ${name}?`, [what], "Close the connection")) return;
  await run("kick", { connection: row.number, reason: "closed by an operator" }, () => `${name} was closed`);
}

const changesOf = (answer) => [...answer.changes, ...answer.effects].map(({ text }) => text);

async function reload() {
  const plan = await run("reload", { dry_run: "true" }, () => "");
  if (!plan) return;
  const lines = [...changesOf(plan), ...plan.diagnostics, ...plan.warnings];
  if (!await confirmed("Reload the configuration?", lines.length ? lines : ["Nothing has changed."], "Reload")) return;
  await run("reload", {}, (answer) => `reloaded: ${changesOf(answer).length} changes`);
}

async function drain() {
  const lines = [
    "The daemon accepts no more connections, lets its clients finish, and stops.",
    "Unless a service manager restarts it, this page cannot start it again.",
  ];
  if (await confirmed("Stop the daemon?", lines, "Drain and stop")) await run("drain", {}, () => "draining");
}

async function setLogLevel() {
  const picker = byId("log-level");
  const level = picker.value;
  picker.value = "";
  if (level) await run("log-level", { level }, (answer) => `log level: ${answer.level}, until the next reload`);
}

const controls = { reload: byId("reload-now"), drain: byId("drain"), "log-level": byId("log-level") };

export function showRights(commands) {
  refusals = commands || {};
  for (const [name, control] of Object.entries(controls)) {
    control.disabled = !mayRun(name);
    control.title = whyNot(name);
  }
  const reasons = new Set(Object.keys(controls).map(whyNot).filter(Boolean));
  setText(byId("commands-reason"), reasons.size ? `Not available: ${[...reasons].join("; ")}.` : "");
}

controls.reload.addEventListener("click", reload);
controls.drain.addEventListener("click", drain);
controls["log-level"].addEventListener("change", setLogLevel);
