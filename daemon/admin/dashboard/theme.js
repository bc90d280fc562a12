// Light, dark, or as the system prefers.
import { byId } from "./elements.js";

const THEMES = ["system", "light", "dark"];
const chosen = () => localStorage.getItem("theme") || "system";

function use(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  byId("theme").textContent = `Theme: ${theme}`;
  localStorage.setItem("theme", theme);
}

byId("theme").addEventListener("click", () => use(THEMES[(THEMES.indexOf(chosen()) + 1) % THEMES.length]));
use(chosen());
