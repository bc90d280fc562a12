// A list of which the daemon has far more rows than the page shows: searched, sorted and divided
// into pages by the daemon.
import { ask } from "./api.js";
import { button, make } from "./elements.js";
import { exact } from "./format.js";
import { RowRates } from "./rates.js";
import { Table } from "./table.js";

const LIMIT = 20;

export class Listing {
  // `path` of the API, `field` of its rows; `columns(rates)`: see Table; `sort`: the first order;
  // `fixed`: further parameters.
  constructor(id, { path, field, columns, sort, keyOf, nothing, fixed = {}, alarm }) {
    Object.assign(this, { path, field, sort, fixed });
    this.reverse = false;
    this.search = "";
    this.cursors = [""];  // of this page and those before it
    this.next = "";
    this.latest = 0;
    this.rates = new RowRates(keyOf);
    this.columns = columns(this.rates);
    this.table = new Table(id, {
      columns: this.columns, nothing, keyOf, onSort: (column) => this.sortBy(column),
      alarm: alarm && ((row) => alarm(row, this.rates)),
    });
    this.table.table.closest(".scroll").before(this.toolbar(id));
    this.markSorted();
  }

  toolbar(id) {
    this.input = make("input", {
      type: "search", maxLength: 64, placeholder: "Search", "aria-label": "Search", id: `${id}-search`,
    });
    this.input.addEventListener("input", () => this.find(this.input.value));
    this.place = make("span", { role: "status" });
    this.back = button("Previous", () => { this.cursors.pop(); this.refresh(); }, { id: `${id}-previous` });
    this.forth = button("Next", () => { this.cursors.push(this.next); this.refresh(); }, { id: `${id}-next` });
    this.trouble = make("span", { className: "problem", role: "alert" });
    return make("div", { className: "toolbar" }, this.input, this.place, this.back, this.forth, this.trouble);
  }

  sortBy(column) {
    this.reverse = this.sort === column.sort && !this.reverse;
    this.sort = column.sort;
    this.markSorted();
    this.begin();
  }

  // The numbers of connections begin with the smallest, all other orders with the largest.
  markSorted() {
    const column = this.columns.find(({ sort }) => sort === this.sort);
    const rises = Boolean(column?.rises) !== this.reverse;
    this.table.markSorted(column, rises ? "ascending" : "descending");
  }

  // Everything if the text is empty.
  find(text) {
    this.input.value = text;
    this.search = text;
    return this.begin();
  }

  begin() {
    this.cursors = [""];
    return this.refresh();
  }

  // Returns the problem, if there is one.
  async refresh() {
    this.latest += 1;
    const mine = this.latest;
    const parameters = {
      ...this.fixed, sort: this.sort, limit: LIMIT, search: this.search,
      after: this.cursors.at(-1), reverse: this.reverse ? "true" : "",
    };
    const answer = await ask(this.path, parameters).catch((problem) => problem);
    if (mine !== this.latest) return null;  // it was sorted or searched meanwhile
    const problem = answer instanceof Error ? answer : null;
    this.trouble.textContent = problem?.message ?? "";
    if (!problem) this.take(answer);
    return problem;
  }

  take(answer) {
    const rows = answer[this.field] || [];
    const before = (this.cursors.length - 1) * LIMIT;
    this.next = answer.next || "";
    this.back.disabled = this.cursors.length === 1;
    this.forth.disabled = !this.next;
    const place = rows.length ? `${exact(before + 1)}–${exact(before + rows.length)} of ${exact(answer.total)}`
      : `0 of ${exact(answer.total)}`;
    if (this.place.textContent !== place) this.place.textContent = place;
    this.rates.take(rows, performance.now() / 1000);
    this.table.show(rows);
  }
}
