// Priors on τ: the posterior on a grid, and the sentence that says a state.
// The reference is Python: hlm_teach/posterior.py, tau_priors_words.py.

import { fill, fixed } from "./shared/numbers.js";

export const FAMILIES = ["flat", "uniform", "half_normal", "half_cauchy", "inverse_gamma", "gamma"];
const [POINTS, REACH] = [1201, 1e8];
const sum = (values) => values.reduce((a, b) => a + b, 0);

// What is computed once for the same key is kept until the next one.
const kept = {};
const once = (name, key, make) => {
  const now = JSON.stringify(key);
  if (kept[name]?.now !== now) kept[name] = { now, found: make() };
  return kept[name].found;
};

export const likelihood = (y, se, tau) => {
  let [whole, pull, logs, spread] = [0, 0, 0, 0];
  for (let j = 0; j < y.length; j++) {
    const weight = 1 / (se[j] ** 2 + tau ** 2);
    whole += weight;
    pull += weight * y[j];
    logs += Math.log(weight);
  }
  const mu = pull / whole;
  for (let j = 0; j < y.length; j++) spread += (y[j] - mu) ** 2 / (se[j] ** 2 + tau ** 2);
  return [0.5 * (logs - Math.log(whole) - spread), mu, 1 / whole];
};

export const logPrior = (family, scale, tau) => ({
  flat: () => 0,
  uniform: () => (tau <= scale * (1 + 1e-12) ? 0 : -Infinity),
  half_normal: () => -0.5 * (tau / scale) ** 2,
  half_cauchy: () => -Math.log1p((tau / scale) ** 2),
  inverse_gamma: () => -(2 * scale + 1) * Math.log(tau) - scale / tau ** 2,
  gamma: () => Math.log(tau) - tau / scale,
})[family]();

// The grid, even in log τ, with the likelihood on it.
const gridOf = (y, se, high) => {
  const unit = Math.max(...se);
  const low = Math.log(unit / REACH);
  const end = Math.log(high || unit * REACH);
  const points = Array.from({ length: POINTS }, (_, k) => low + ((end - low) * k) / (POINTS - 1));
  return { points, step: (end - low) / (POINTS - 1), tau: points.map(Math.exp),
    like: points.map((u) => likelihood(y, se, Math.exp(u))) };
};

const posterior = (y, se, family, scale, grid) => {
  const { points, step, tau, like } = grid;
  const height = like.map(([value], k) => value + logPrior(family, scale, tau[k]) + points[k]);
  const top = height.reduce((a, b) => Math.max(a, b));
  const density = height.map((value) => Math.exp(value - top));
  const mass = density.map((value, k) => (k % (POINTS - 1) ? (k % 2 ? 4 : 2) : 1) * value);
  const whole = sum(mass);
  mass.forEach((value, k) => (mass[k] = value / whole));
  const total = [0];
  for (let k = 1; k < POINTS; k++) total.push(total[k - 1] + density[k] + density[k - 1]);
  const all = total.at(-1);
  total.forEach((value, k) => (total[k] = value / all));
  const below = (value) => {
    const place = Math.max(0, Math.min(POINTS - 1, (Math.log(value) - points[0]) / step));
    const k = Math.min(POINTS - 2, Math.floor(place));
    return total[k] + (place - k) * (total[k + 1] - total[k]);
  };
  const quantile = (share) => {
    const k = total.findIndex((value) => value > share) - 1;
    return Math.exp(points[0] + (k + (share - total[k]) / (total[k + 1] - total[k])) * step);
  };
  const mean = family === "flat" && y.length < 4 ? Infinity : sum(mass.map((share, k) => share * tau[k]));
  // E(θ_j | y) and its SD; of many groups only those that are shown are computed.
  const known = [];
  const of = (j) => (known[j] ??= (() => {
    const given = tau.map((value, k) => {
      const weight = se[j] ** 2 / (se[j] ** 2 + value ** 2);
      return [(1 - weight) * y[j] + weight * like[k][1], se[j] ** 2 * (1 - weight) + weight ** 2 * like[k][2]];
    });
    const first = sum(given.map(([at], k) => mass[k] * at));
    return [first, Math.sqrt(sum(given.map(([at, inside], k) => mass[k] * (inside + (at - first) ** 2))))];
  })());
  return { below, quantile, mean, of, mu: sum(mass.map((share, k) => share * like[k][1])) };
};

const peakOf = ({ tau, like }) => {
  let k = 0;
  like.forEach(([value], i) => (k = value > like[k][0] ? i : k));
  if (like[k][0] <= like[0][0] + 1e-9) return 0;
  const [a, b, c] = [-1, 0, 1].map((i) => like[k + i][0]);
  return tau[k] * Math.exp((Math.log(tau[k + 1] / tau[k]) * 0.5 * (a - c)) / (a - 2 * b + c));
};

export const plain = (x) => {
  const text = x < 1e6 ? x.toFixed(12) : x.toFixed(0);
  return text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
};

// The next number above that has one digit, 1, 2 or 5.
const round = (x) => {
  const unit = 10 ** Math.floor(Math.log10(x));
  return [1, 2, 5, 10].map((k) => k * unit).find((value) => value >= x);
};

// All numbers of a state, from the traits, and the same as texts (`said`).
export const look = (get) => {
  const w = {};
  for (const name of ["family", "scales", "J", "inflate", "first", "selected", "data", "start", "committed"]) w[name] = get(name);
  const { data } = w;
  const used = (name) => Array.from({ length: w.J }, (_, k) => data[name][(w.first + k) % data[name].length]);
  w.n = data.y.length;
  w.selected = Math.min(w.selected, w.J - 1);
  [w.labels, w.y, w.se] = [used("labels"), used("y").map((value) => w.inflate * value), used("se")];
  w.usual = data.usual[w.family];
  w.scale = w.scales[w.family] ?? w.usual;
  const key = [w.J, w.inflate, w.first];
  const wide = once("wide", key, () => gridOf(w.y, w.se));
  const grid = w.family === "uniform" ? once("cut", [...key, w.scale], () => gridOf(w.y, w.se, w.scale)) : wide;
  w.found = once("found", [...key, w.family, w.scale], () => posterior(w.y, w.se, w.family, w.scale, grid));
  w.peak = once("peak", key, () => peakOf(wide));
  const centre = sum(w.y) / w.J;
  const middle = [...w.se].sort((a, b) => a - b);
  const median = (middle[Math.floor((w.J - 1) / 2)] + middle[Math.floor(w.J / 2)]) / 2;
  w.reach = round(2 * Math.max(Math.sqrt(sum(w.y.map((value) => (value - centre) ** 2)) / (w.J - 1)), median));
  const { found, selected: j } = w;
  const { digits, small } = data;
  const number = (value) => fixed(value, digits);
  const [own, [estimate, sd]] = [w.y[j], found.of(j)];
  const mid = found.quantile(0.5);
  const weight = mid ** 2 / (mid ** 2 + w.se[j] ** 2);
  const mu = likelihood(w.y, w.se, mid)[1];
  const shrunk = Math.abs(own - found.mu) > 1e-9 * small ? (100 * (own - estimate)) / (own - found.mu) : 0;
  w.said = { J: w.J, scale: plain(w.scale), median: number(mid), low: number(found.quantile(0.025)),
    high: number(found.quantile(0.975)), small: number(small), mean: number(found.mean),
    share: fixed(100 * found.below(small), 1),
    peak: number(w.peak), inflate: fixed(w.inflate, 1), group: w.labels[j], own: number(own), se: number(w.se[j]),
    estimate: number(estimate), sd: number(sd), mu: number(found.mu), shrunk: fixed(shrunk, 0),
    weight: fixed(weight, 3), rest: fixed(1 - weight, 3), mid: number(mu), given: number(weight * own + (1 - weight) * mu),
    tau2: number(mid ** 2), se2: number(w.se[j] ** 2) };
  return w;
};

export const sentence = (w, strings) => {
  if (!w.committed) return strings.closed;
  const said = { ...w.said, prior: fill(strings[`prior_${w.family}`], w.said) };
  const keys = ["state", w.found.mean === Infinity ? "heavy" : "mean", w.peak ? "likelihood" : "likelihood_zero",
    ...(w.inflate === 1 ? [] : ["times"]), "chosen"];
  return keys.map((key) => fill(strings[key], said)).join(strings.space);
};
