// REML against ML: 500 data sets, one profile, and the sentence that says a state.
// The reference is Python: reml_ml_draws.py, reml_ml_profile.py, reml_ml_words.py.

import { normals } from "./shared/normals.js";
import { fill, fixed } from "./shared/numbers.js";
import { SETS, TRIES, chiSquare, exact, once, profile, round } from "./balanced.js";

const MOST = 50;
const sum = (values) => values.reduce((a, b) => a + b, 0);
const mean = (values) => sum(values) / values.length;

// The fixed effects' columns over J groups: cosine waves with mean square 1, first the intercept.
const waves = (J) => once("waves", J, () => Array.from({ length: J }, (_, k) =>
  Array.from({ length: J }, (_, j) => (k ? Math.SQRT2 : 1) * Math.cos((Math.PI * k * (j + 0.5)) / J))));

const draw = ({ seed, J, n, p, tau, sigma }) => once("draws", [seed, J, n, p, tau, sigma], () => {
  const row = MOST + 3 * TRIES;
  const z = once("normals", seed, () => normals(seed)(SETS * row));
  const free = J * (n - 1);
  const unit = sigma ** 2 + n * tau ** 2;
  const found = { reml: [], ml: [] };
  let first;
  for (let k = 0; k < SETS; k++) {
    let between = 0;
    for (let i = p; i < J; i++) between += z[k * row + i] ** 2;
    const within = sigma ** 2 * chiSquare(free, z, k * row + MOST);
    first ??= within;
    for (const [name, m] of [["reml", J - p], ["ml", J]])
      found[name].push(Math.max(0, ((unit * between) / m - within / free) / n));
  }
  const size = Math.sqrt(unit / (n * J));
  const means = waves(J)[0].map((_, j) => size * sum(waves(J).map((wave, k) => wave[j] * z[k])));
  return { ...found, means, within: first };
});

// All numbers of a state, from the traits, and the same as texts (`said`).
export const look = (get) => {
  const w = {};
  const names = ["preset", "J", "n", "p", "tau", "sigma", "seed", "edits", "selected", "times", "committed"];
  for (const name of names) w[name] = get(name);
  const set = get("sets")[w.preset];
  w.simulated = w.preset === "simulated";
  w.sets = draw(w);
  const data = w.simulated ? w.sets : set;
  w.means = data.means.map((v, j) => w.edits[j] ?? v);
  w.labels = set.labels ?? w.means.map((_, j) => String(j + 1));
  const centre = mean(w.means);
  const parts = waves(w.J).map((wave) => sum(wave.map((v, j) => v * (w.means[j] - centre))) / w.J);
  const S = (p) => w.n * w.J * sum(parts.slice(p).map((v) => v * v));
  const fit = (p, restricted, times) => profile(w, p, restricted, S(p), data.within, times);
  const key = [w.J, w.n, w.p, w.times, data.within, w.means];
  Object.assign(w, once("fits", key, () => {
    const both = { reml: fit(w.p, true, w.times), ml: fit(w.p, false, 1) };
    for (const one of Object.values(both)) one.ends = one.interval();
    if (w.p === 1) return { ...both, trap: null };
    const [reml, ml] = [fit(w.p - 1, true, 1).lowest, fit(w.p - 1, false, 1).lowest];
    return { ...both, trap: { reml: both.reml.lowest - reml, ml: both.ml.lowest - ml, without: { reml, ml },
      before: fit(w.p, true, 1).lowest - reml } };
  }));
  w.fitted = w.means.map((_, j) => centre + sum(parts.slice(1, w.p).map((c, k) => c * waves(w.J)[k + 1][j])));
  w.average = { reml: mean(w.sets.reml), ml: mean(w.sets.ml) };
  w.top = round([...w.sets.reml].sort((a, b) => a - b)[489] || w.sigma ** 2);
  const noise = Math.sqrt(data.within / (w.J * (w.n - 1)) / w.n);
  w.reach = round(Math.min(1.15 * w.reml.ends[1], 5 * Math.max(w.reml.tau, noise)));
  const base = w.simulated ? 0 : mean(data.means);
  const usual = 2.6 * Math.hypot(w.simulated ? w.tau : set.start.tau, noise);
  const far = Math.max(usual, ...w.means.map((v) => 1.1 * Math.abs(v - base)));
  w.span = [-1, 1].map((side) => base + side * 2 ** (Math.ceil(2 * Math.log2(far)) / 2));
  w.exact = { reml: exact(w, w.J - w.p), ml: exact(w, w.J) };
  const places = (spread) => Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(spread)))) + 1;
  const [size, square] = (w.digits = [places(w.sigma), places(w.sigma ** 2)]);
  w.said = { J: w.J, n: w.n, p: w.p, sets: SETS, seed: w.seed, free: w.J - w.p,
    tau: fixed(w.tau, size), tau2: fixed(w.tau ** 2, square),
    sigma: fixed(w.sigma, size), S: fixed(S(w.p), square), msw: fixed(data.within / (w.J * (w.n - 1)), square),
    reml_change: fixed(w.trap?.reml, 3), ml_change: fixed(w.trap?.ml, 3), reml_before: fixed(w.trap?.before, 3) };
  for (const name of ["reml", "ml"]) {
    const found = { "": fixed(w[name].tau, size), _low: fixed(w[name].ends[0], size), _high: fixed(w[name].ends[1], size),
      _mean: fixed(mean(w.sets[name]), square), _exact: fixed(w.exact[name].mean, square), _raw: fixed(w[name].raw, square),
      _cut: w[name].raw < 0 ? "→ 0" : "",
      _zero: fixed((100 * w.sets[name].filter((v) => !v).length) / SETS, 1), _never: fixed(100 * w.exact[name].zero, 1) };
    for (const key in found) w.said[name + key] = found[key];
  }
  return w;
};

export const sentence = (w, strings) => {
  if (!w.committed) return strings.closed;
  const keys = ["state", "average", "zeros", "here", ...(w.reml.tau ? [] : ["boundary"]), ...(w.trap ? [`trap_${w.times}`] : [])];
  return keys.map((key) => fill(strings[key], w.said)).join(strings.space);
};
