// The case mix of the simulated hospitals: patients of two risk classes, and three rates made from the same deaths.
// The reference is Python: hospitals_mix.py, and _of_mix in hospitals_words.py. It stands in the second module.

import { h } from "./shared/dom.js";
import { fixed } from "./shared/numbers.js";
import { table } from "./shared/table.js";

const [MILD, MIDDLE, SEVERE, WORSE] = [6, 16, 26, 36];
const RATES = ["raw", "indirect", "direct"];

// By what a standard error is multiplied, from the raw rate to another, where half the log odds of a severe case are `half`.
const factor = (rate, half) =>
  rate === "direct" ? Math.cosh(half) : rate === "indirect" ? MIDDLE / (MIDDLE + 10 * Math.tanh(half)) : 1;

// The rates to compare in place of y and, for each hospital, by what the standard error of y is multiplied.
const standardised = (drawn, { mix, standard }) => {
  const { v, y, truth, extra } = drawn;
  const x = v.map(Math.log);
  const centre = x.reduce((a, b) => a + b) / x.length;
  const halfAt = (at) => (mix * (at - centre)) / 2;
  const half = x.map(halfAt);
  const noise = v.map((a, j) => (36 / Math.sqrt(a)) * extra[j]);
  const raw = y.map((a, j) => a + (10 + truth[j] - MIDDLE) * Math.tanh(half[j]));
  const rates = { raw, indirect: raw.map((a, j) => a * factor("indirect", half[j])),
    direct: y.map((a, j) => a + noise[j] * Math.sinh(half[j])) };
  const places = RATES.map((name) => {
    const first = new Map();
    [...rates[name]].sort((a, b) => a - b).forEach((rate, i) => first.has(rate) || first.set(rate, i + 1));
    return rates[name].map((rate) => first.get(rate));
  });
  const observed = (j) => {
    const error = y[j] - truth[j];
    return { mild_own: MILD + error + noise[j] * Math.exp(half[j]),
      severe_own: SEVERE + 2 * (truth[j] - MIDDLE) + error - noise[j] * Math.exp(-half[j]) };
  };
  const timesAt = (at) => factor(standard, halfAt(at));
  return { ...drawn, y: rates[standard], rates, half, places, observed, timesAt, times: half.map((a) => factor(standard, a)) };
};

// The texts of a state that the case mix adds.
const ofMix = (w) => {
  const share = (j) => (1 + Math.tanh(w.half[j])) / 2;
  const dueAt = (severe) => MILD + severe * (SEVERE - MILD);
  const j = w.selected;
  const said = { mild: MILD, severe: SEVERE, worse: WORSE, apart_direct: fixed((MILD + WORSE) / 2, 1) };
  for (const [name, quarter] of [["small", 0], ["large", 3]]) {
    const part = w.v.map((_, i) => i).filter((i) => w.quarter[i] === quarter);
    const mean = (f) => part.reduce((total, i) => total + f(i), 0) / part.length;
    const severe = mean(share);
    said[`share_${name}`] = fixed(100 * severe, 0);
    const due = dueAt(severe);
    said[`expected_${name}`] = fixed(due, 1);
    said[`times_${name}`] = fixed(mean((i) => Math.cosh(w.half[i])), 2);
    said[`apart_${name}`] = fixed(MIDDLE * (1 + (severe * (WORSE - SEVERE)) / due), 1);
    RATES.forEach((rate, k) => (said[`${name}_${rate}`] = fixed(mean((i) => w.places[k][i]), 0)));
  }
  RATES.forEach((rate, k) => (said[`place_${rate}`] = `${w.places[k][j]}`));
  const own = { ...w.observed(j), crude: w.rates.raw[j], expected_own: dueAt(share(j)), se_own: Math.sqrt(w.variance[j]) };
  for (const name in own) said[name] = fixed(own[name], 1);
  return { ...said, share_own: fixed(share(j), 2), share_mild: fixed(1 - share(j), 2) };
};

// What each rate does to the ranking: a row for each.
const mixTable = (w, strings) => [h("p", { class: "note" }, strings.mix_list),
  table([["", strings.rate, strings.place, strings.quarter_0, strings.quarter_3], ...RATES.map((rate, k) =>
    [strings[`mix_${rate}`], fixed(w.rates[rate][w.selected], 1), w.said[`place_${rate}`], w.said[`small_${rate}`],
      w.said[`large_${rate}`]])])];

export const casemix = { standardised, ofMix, mixTable, RATES };
