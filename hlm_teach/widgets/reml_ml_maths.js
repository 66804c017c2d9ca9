// REML against ML: 500 data sets, one profile, and the sentence that says a state.
// The reference is Python: reml_ml_draws.py, reml_ml_profile.py, reml_ml_words.py.

import { fBelow } from "./shared/beta.js";
import { normals } from "./shared/normals.js";
import { fill, fixed } from "./shared/numbers.js";

const [SETS, MOST, TRIES] = [500, 50, 6];
const CUT = 3.841458820694124;
const sum = (values) => values.reduce((a, b) => a + b, 0);
const mean = (values) => sum(values) / values.length;

// Whatever costs time is kept until what it depends on changes.
const kept = {};
const once = (name, key, make) => {
  if (kept[name]?.key !== String(key)) kept[name] = { key: String(key), value: make() };
  return kept[name].value;
};

// The next number above that has one digit, 1, 2 or 5.
const round = (x) => {
  const unit = 10 ** Math.floor(Math.log10(x));
  return unit * [1, 2, 5, 10].find((k) => k * unit >= x);
};

// A χ² number from 18 standard normal ones: Marsaglia and Tsang's rejection.
const chiSquare = (free, z, from) => {
  const d = free / 2 - 1 / 3;
  let v;
  for (let i = from; i < from + 3 * TRIES; i += 3) {
    const x = z[i];
    v = Math.max(1e-9, 1 + x / Math.sqrt(9 * d)) ** 3;
    if ((z[i + 1] ** 2 + z[i + 2] ** 2) / 2 > d * v - d - (x * x) / 2 - d * Math.log(v)) break;
  }
  return 2 * d * v;
};

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

// The mean of τ̂² over all data sets, and the chance of τ̂ = 0.
const exact = ({ J, n, p, tau, sigma }, divisor) => {
  const [free, rest] = [J - p, J * (n - 1)];
  const unit = sigma ** 2 + n * tau ** 2;
  const ratio = (sigma ** 2 * divisor) / unit;
  const above = ((unit * free) / divisor) * (1 - fBelow(free + 2, rest, ratio / (free + 2)));
  const below = sigma ** 2 * (1 - fBelow(free, rest + 2, (ratio * (rest + 2)) / (free * rest)));
  return { mean: (above - below) / n, zero: fBelow(free, rest, ratio / free) };
};

// Where the criterion stops falling in x = σ²/MSW: roots of a cubic, between 1 and f − a.
const turns = (e, m, f, a) => {
  const slope = (x) => e * (x - 1) * (x + a) ** 2 + m * (x + a - f) * x * x;
  const [low, high] = [Math.min(1, Math.max(0, f - a)), Math.max(1, f - a)];
  const [square, linear] = [3 * (e + m), e * (2 * a - 1) + m * (a - f)];
  const inner = linear ** 2 - square * e * a * (a - 2);
  const cuts = inner > 0 ? [-1, 1].map((side) => (side * Math.sqrt(inner) - linear) / square) : [];
  const edges = [[low, -1], ...cuts.filter((x) => low < x && x < high).map((x) => [x, slope(x)]), [high, 1]];
  return edges.slice(1).flatMap(([right, after], i) => {
    let [left, before] = edges[i];
    if (before > 0 || after < 0) return [];
    for (let x = (left + right) / 2; left < x && x < right; x = (left + right) / 2) slope(x) < 0 ? (left = x) : (right = x);
    return [right];
  });
};

// One fit: the criterion over τ, its lowest point, and the τ at most 3.84 above it.
const profile = ({ J, n }, p, restricted, S, within, times) => {
  const rest = J * (n - 1);
  const m = restricted ? J - p : J;
  const unit = within / rest;
  const f = S / m / unit;
  const N = J * n;
  const constant = (rest + m) * Math.log(unit) + (N - (restricted && p)) * Math.log(2 * Math.PI) +
    (restricted ? p * Math.log(N) + (p > 1 && 2 * Math.log(times)) : 0);
  const at = (tau) => {
    const a = n * ((tau * tau) / unit);
    return constant + Math.min(...turns(rest, m, f, a).map((x) =>
      rest * (Math.log(x) + 1 / x) + m * (Math.log(x + a) + f / (x + a))));
  };
  const raw = (S / m - unit) / n;
  const tau = Math.sqrt(Math.max(0, raw));
  const lowest = at(tau);
  const crossing = (inside, outside) => {
    for (let x = (inside + outside) / 2; x !== inside && x !== outside; x = (inside + outside) / 2)
      at(x) < lowest + CUT ? (inside = x) : (outside = x);
    return inside;
  };
  const interval = () => {
    let far = 2 * tau || Math.sqrt(unit / n);
    while (at(far) < lowest + CUT) far *= 2;
    return [at(0) <= lowest + CUT ? 0 : crossing(tau, 0), crossing(tau, far)];
  };
  return { at, raw, tau, lowest, interval };
};

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
