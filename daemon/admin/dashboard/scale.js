// Values and places of the lines of a chart's grid.

const ABOUT = 4;  // lines

// The least of 1, 2, 5, 10, … that divides `most` into few parts.
function decimalStep(most) {
  const rough = most / ABOUT;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough);
}

const binaryStep = (most) => 2 ** Math.max(0, Math.ceil(Math.log2(most / ABOUT)));

// {most, ticks}: from 0 to a whole number of steps. `kind`: "number", "bytes", or "share", which
// always ends at 1.
export function valueScale(kind, largest) {
  if (kind === "share") return { most: 1, ticks: [0, 0.25, 0.5, 0.75, 1] };
  const most = largest > 0 ? largest : 1;
  const step = kind === "bytes" ? binaryStep(most) : decimalStep(most);
  const steps = Math.ceil(most / step - 1e-9);
  return { most: steps * step, ticks: Array.from({ length: steps + 1 }, (_, i) => i * step) };
}

const SPANS = [60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200];

// Times on whole minutes and hours of the local day, at most `room` of them.
export function timeTicks(start, end, room) {
  const span = SPANS.find((seconds) => (end - start) / seconds <= room) ?? SPANS.at(-1);
  const offset = new Date(end * 1000).getTimezoneOffset() * 60;
  const ticks = [];
  for (let at = Math.ceil((start - offset) / span) * span + offset; at <= end; at += span) ticks.push(at);
  return ticks;
}
