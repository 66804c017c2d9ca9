// Scales: data → pixels and back, and round places for ticks.

import { fixed } from "./numbers.js";

export const linear = (d0, d1, r0, r1) =>
  Object.assign((x) => r0 + ((x - d0) / (d1 - d0)) * (r1 - r0), {
    back: (pixel) => d0 + ((pixel - r0) / (r1 - r0)) * (d1 - d0),
    ends: [d0, d1],
    range: [r0, r1],
  });

// About `count` round numbers between lo and hi, as [value, text].
export const ticks = (lo, hi, count) => {
  const unit = 10 ** Math.floor(Math.log10((hi - lo) / count));
  const step = unit * [1, 2, 5, 10].find((k) => k * unit * count >= hi - lo);
  const digits = Math.min(100, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  const first = Math.ceil(lo / step - 1e-9);
  const length = Math.floor(hi / step + 1e-9) - first + 1 || 0;
  return Array.from({ length }, (_, i) => [(first + i) * step, fixed((first + i) * step, digits)]);
};
