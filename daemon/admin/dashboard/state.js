// Whether the figures are current: the state beside the name, and figures in grey while they are
// old.
import { byId, make, setText } from "./elements.js";
import { age, timeOfDay } from "./format.js";

// The most severe state first. `trouble`: why there are no new figures.
function stateOf({ trouble, snapshot, paused }) {
  if (trouble) return ["lost", trouble];
  if (!snapshot) return ["waiting", "connecting"];
  const { draining, ready, reasons } = snapshot.health;
  if (draining) return ["draining", paused ? "draining; paused" : "draining"];
  if (!ready) return ["unready", reasons.join("; ")];
  return paused ? ["paused", "paused"] : ["live", "live"];
}

function showAge({ trouble, snapshot }) {
  const stale = Boolean(trouble && snapshot);
  document.body.classList.toggle("stale", stale);
  const seconds = stale ? performance.now() / 1000 - snapshot.at : 0;
  setText(byId("age"), stale
    ? `figures of ${timeOfDay(Date.now() / 1000 - seconds)}, ${age(seconds)} ago` : "");
}

function showRefusedReload(refused) {
  const element = byId("reload");
  element.hidden = !refused;
  const lines = refused ? [refused.error.message, ...refused.diagnostics] : [];
  if (lines.length === 1) lines.push("More: the log, and telex reload --dry-run");
  if (element.dataset.shown === lines.join("\n")) return;
  element.dataset.shown = lines.join("\n");
  byId("reload-reasons").replaceChildren(...lines.map((line) => make("li", {}, line)));
}

export function showState(now) {
  const [state, text] = stateOf(now);
  byId("state").dataset.state = state;
  setText(byId("state"), text);
  showAge(now);
  showRefusedReload(now.snapshot?.refusedReload ?? null);
}
