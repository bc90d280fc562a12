// A table whose rows are replaced at every refresh. The keyboard focus stays, and so do rows while
// a pointer is pressed on them.
import { byId, button, make } from "./elements.js";

export class Table {
  // `columns`: {title, text(row), value(row)?, sort?, number?, width?, alarm(row)?, open(row)?, label(row)?}.
  // `width`: a class of the style sheet. `sort` or `value` makes the title a button, which calls
  // `onSort(column)`; `open` makes the cell one. `alarm(row)`: highlights it.
  constructor(id, { columns, nothing, onSort, keyOf, alarm = () => false }) {
    Object.assign(this, { columns, nothing, keyOf, alarm });
    this.table = byId(id);
    this.table.setAttribute("role", "table");
    this.head = this.table.createTHead().insertRow();
    this.body = this.table.createTBody();
    this.rows = [];
    columns.forEach((column) => this.head.append(this.title(column, onSort)));
    this.body.addEventListener("pointerdown", () => { this.pressed = true; });
    for (const end of ["click", "pointercancel", "pointerup"]) {
      window.addEventListener(end, () => setTimeout(() => {
        this.pressed = false;
      }));
    }
  }

  title(column, onSort) {
    const cell = make("th", { scope: "col", role: "columnheader", className: column.number ? "number" : "" });
    if (column.sort || column.value) cell.append(button(column.title, () => onSort(column)));
    else cell.textContent = column.title;
    return cell;
  }

  // `direction`: "ascending" or "descending".
  markSorted(column, direction) {
    this.columns.forEach((each, i) => {
      if (each === column) this.head.cells[i].ariaSort = direction;
      else this.head.cells[i].removeAttribute("aria-sort");
    });
  }

  show(rows) {
    this.rows = rows;
    if (this.pressed) return;
    const focused = this.body.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    this.body.replaceChildren(...(rows.length ? rows.map((row) => this.line(row)) : [this.empty()]));
    if (focused === null) return;
    const again = [...this.body.querySelectorAll("button")].find((one) => one.dataset.key === focused);
    again?.focus({ preventScroll: true });
  }

  line(row) {
    const line = make("tr", { className: this.alarm(row) ? "alarm" : "", role: "row" });
    for (const column of this.columns) {
      const kinds = [column.number && "number", column.width, column.alarm?.(row) && "alarm"];
      line.append(make("td", {
        className: kinds.filter(Boolean).join(" "), role: "cell", "data-label": column.title,
      }, column.open ? this.opener(column, row) : String(column.text(row))));
    }
    return line;
  }

  opener(column, row) {
    const opener = button(column.text(row), () => column.open(row), { "aria-label": column.label(row) });
    opener.dataset.key = this.keyOf(row);
    return opener;
  }

  empty() {
    return make("tr", {}, make("td", { colSpan: this.columns.length, className: "empty" }, this.nothing));
  }
}

// A table of rows that the page has all of: it sorts and filters them here.
export class LocalTable {
  constructor(id, { columns, nothing, keyOf, alarm, filter = null }) {
    this.table = new Table(id, { columns, nothing, keyOf, alarm, onSort: (column) => this.sortBy(column) });
    this.filter = filter;
    this.rows = [];
    filter?.addEventListener("input", () => this.show(this.rows));
  }

  sortBy(column) {
    const first = column.number ? -1 : 1;
    this.direction = this.column === column ? -this.direction : first;
    this.column = column;
    this.table.markSorted(column, this.direction > 0 ? "ascending" : "descending");
    this.show(this.rows);
  }

  show(rows) {
    this.rows = rows;
    const wanted = this.filter?.value.toLowerCase() ?? "";
    const found = rows.filter((row) => !wanted || this.textOf(row).includes(wanted));
    if (this.column) {
      const { value } = this.column;
      found.sort((left, right) => {
        const [a, b] = [value(left), value(right)];
        return this.direction * (a < b ? -1 : a > b ? 1 : 0);
      });
    }
    this.table.show(found);
  }

  textOf(row) {
    return this.table.columns.map((column) => column.text(row)).join("\n").toLowerCase();
  }
}
