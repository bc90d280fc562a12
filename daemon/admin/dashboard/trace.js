// A trace of one connection: its messages as they pass.
import { command } from "./api.js";
import { button, make } from "./elements.js";
import { bytes, number, timeOfDay } from "./format.js";
import { mayRun, whyNot } from "./commands.js";

const KEPT = 200;

function textOf(event) {
  const parts = [
    timeOfDay(number(event.unixNanoseconds) / 1e9), event.kind.toLowerCase(), event.subject,
    number(event.payloadBytes) ? bytes(number(event.payloadBytes)) : "", event.detail,
  ];
  return parts.filter(Boolean).join(" · ");
}

export class Trace {
  constructor(connection) {
    this.connection = connection;
    this.number = null;  // while it runs
    this.toggle = button("Trace", () => (this.number ? this.end() : this.begin()), { id: "trace" });
    this.toggle.disabled = !mayRun("trace");
    this.note = make("span", { role: "status" }, whyNot("trace"));
    this.events = make("ol", { className: "events", "aria-label": "Traced messages", tabIndex: 0 });
    this.element = make("section", {}, make("h3", {}, "Messages"),
      make("div", { className: "toolbar" }, this.toggle, this.note), this.events);
  }

  async begin() {
    this.events.replaceChildren();
    const answer = await this.run({ connection: this.connection });
    if (answer) this.show(answer.trace, "running");
  }

  // At each refresh of the page: a trace that is not fetched ends after ten seconds.
  async refresh() {
    if (!this.number) return;
    const answer = await this.run({ trace: this.number });
    if (answer) this.add(answer);
  }

  async end() {
    const { number: running } = this;
    this.show(null, "");
    if (running) this.add(await this.run({ trace: running, end: "true" }) ?? { events: [] });
  }

  async run(parameters) {
    const answer = await command("trace", parameters).catch((problem) => problem);
    if (!(answer instanceof Error)) return answer;
    this.show(null, answer.message);
    return null;
  }

  show(running, note) {
    this.number = running;
    this.toggle.textContent = running ? "End the trace" : "Trace";
    this.note.textContent = note;
  }

  add(answer) {
    this.events.append(...answer.events.map((event) => make("li", {}, textOf(event))));
    while (this.events.children.length > KEPT) this.events.firstChild.remove();
    if (number(answer.lost)) this.note.textContent = `running; ${answer.lost} events were lost`;
  }
}
