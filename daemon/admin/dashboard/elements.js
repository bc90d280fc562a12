// Elements of the page. Text that came from clients is only ever set as text, never as markup.

export const byId = (id) => document.getElementById(id);

// Unchanged text is not set again: screen readers would repeat it every second.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// An element with text or children. Properties are set, attributes with a dash as well.
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-") || key === "role") element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children);
  return element;
}

export function button(text, onClick, properties = {}) {
  const element = make("button", { type: "button", ...properties }, text);
  element.addEventListener("click", onClick);
  return element;
}

// Pairs of a term and its text.
export function facts(pairs) {
  return pairs.filter(([, text]) => text !== "").map(([term, text]) => (
    make("div", {}, make("dt", {}, term), make("dd", {}, String(text)))));
}
