// The form that asks for a token.
import { forgetToken, token, useToken } from "./api.js";
import { byId, setText } from "./elements.js";

function showProblem(refused) {
  let problem = "";
  if (refused) {
    problem = refused.status === 403
      ? `The token is valid, but ${refused.message}.` : "The token is invalid.";
  }
  setText(byId("sign-in-problem"), problem);
  byId("token").setAttribute("aria-invalid", Boolean(problem));
  // It is not sent again: the daemon limits attempts.
  if (refused?.status === 401) forgetToken();
}

// `refused`: the daemon's refusal, or null; `hasFigures`: figures that may still be seen.
export function showSignIn(refused, hasFigures) {
  const form = byId("sign-in");
  const busy = form.contains(document.activeElement);
  form.hidden = !refused;
  byId("figures").hidden = Boolean(refused) && !hasFigures;
  if (token() || !refused) showProblem(refused);
  if (!refused && busy) byId("figures").focus();
}

export function onSignIn(entered) {
  byId("sign-in").addEventListener("submit", (event) => {
    event.preventDefault();
    useToken(byId("token").value);
    byId("token").value = "";
    setText(byId("sign-in-problem"), "");  // so that screen readers repeat the same text
    entered();
  });
}
