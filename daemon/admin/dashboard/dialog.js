// Asks before something is changed that cannot be taken back.
import { button, byId, make } from "./elements.js";

// Returns true if the operator agrees. `lines`: what will happen; `yes`: the text of the button.
export function confirmed(title, lines, yes) {
  const dialog = byId("question");
  return new Promise((resolve) => {
    const close = (answer) => () => { resolve(answer); dialog.close(); };
    dialog.replaceChildren(
      make("h2", { id: "question-title" }, title),
      ...lines.map((line) => make("p", {}, line)),
      make("div", { className: "toolbar" },
        button("Cancel", close(false), { id: "no" }),
        button(yes, close(true), { id: "yes", className: "danger" })),
    );
    dialog.addEventListener("close", () => resolve(false), { once: true });
    dialog.showModal();
  });
}
