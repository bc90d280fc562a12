// Requests to the daemon, with the token that was entered on this page.

const PATIENCE = 5000;

// 401: an unknown token, or none. 403: the user of the token lacks the right.
export class Refused extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

export const token = () => sessionStorage.getItem("token");

export function useToken(text) {
  // Characters that a header field cannot carry fail before they are sent.
  sessionStorage.setItem("token", text.trim().replace(/[^ -~]/g, "?"));
}

export const forgetToken = () => sessionStorage.removeItem("token");

const query = (parameters) => {
  const given = Object.entries(parameters).filter(([, value]) => value !== "");
  return given.length ? `?${new URLSearchParams(given)}` : "";
};

async function send(method, path, parameters) {
  const response = await fetch(`/api/v1/${path}${query(parameters)}`, {
    method,
    headers: token() ? { Authorization: `Bearer ${token()}` } : {},
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => ({}));
  const text = problem.error || `${path}: status ${response.status}`;
  if (response.status === 401 || response.status === 403) throw new Refused(response.status, text);
  throw Object.assign(new Error(text), { report: problem });
}

export const ask = (path, parameters = {}) => send("GET", path, parameters);
export const command = (path, parameters = {}) => send("POST", path, parameters);

// 503 means not ready, and has the reasons: a valid response.
export async function askHealth() {
  const response = await fetch("/readyz", { signal: AbortSignal.timeout(PATIENCE) });
  if (!response.ok && response.status !== 503) throw new Error(`readyz: ${response.status}`);
  return response.json();
}
