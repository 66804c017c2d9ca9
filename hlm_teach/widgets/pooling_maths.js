// Partial pooling of group means in closed form, and the sentence that says a state.
// The reference is Python: hlm_teach/pooling.py, hlm_teach/variance.py and pooling_state.py.

import { fill, fixed } from "./shared/numbers.js";

const sum = (values) => values.reduce((a, b) => a + b, 0);
const mean = (values, weights) => sum(values.map((v, j) => v * weights[j])) / sum(weights);

// Where the slider stands: 0 is complete pooling, STEPS is none, log τ between.
export const STEPS = 120;
export const tauAt = (position, sigma) =>
  position <= 0 ? 0 : position >= STEPS ? Infinity : sigma * 10 ** (-2 + (3 * (position - 1)) / (STEPS - 2));
export const positionOf = (tau, sigma) =>
  tau === 0 ? 0 : tau === Infinity ? STEPS
    : Math.min(STEPS - 1, Math.max(1, 1 + ((Math.log10(tau / sigma) + 2) / 3) * (STEPS - 2)));

// B = 1 / (1 + τ²n/σ²), the weight on the target; λ = 1 − B, the weight on the group's own mean.
const shrinkage = (n, sigma, tau) => (tau === Infinity ? 0 : 1 / (1 + n * (tau / sigma) ** 2));
export const reliability = (n, sigma, tau) => 1 - shrinkage(n, sigma, tau);

export const pool = (y, n, sigma, tau, target) => {
  const B = n.map((k) => shrinkage(k, sigma, tau));
  const mu = mean(y, tau === Infinity ? n.map(() => 1) : n.map((k, j) => k * B[j])); // k·B ∝ 1/(τ² + σ²/k)
  const grand = mean(y, n);
  const aim = target === "all" ? grand : mu;
  const movement = y.map((v, j) => B[j] * (v - aim));
  return { lambda: B.map((b) => 1 - b), mu, grand, aim, movement, estimate: y.map((v, j) => v - movement[j]) };
};

// The τ at which the restricted likelihood is highest: the roots of its slope in τ², and 0.
export const tauReml = (y, n, sigma) => {
  const at = (tau2) => {
    const w = n.map((k) => 1 / (tau2 + (sigma * sigma) / k));
    const mu = mean(y, w);
    const total = sum(w);
    const pull = w.map((v, j) => v * (y[j] - mu));
    return {
      slope: sum(pull.map((v) => v * v)) - total + sum(w.map((v) => v * v)) / total,
      height: sum(w.map(Math.log)) - Math.log(total) - sum(pull.map((v, j) => v * (y[j] - mu))),
    };
  };
  const top = 4 * (Math.max(...y) - Math.min(...y)) ** 2;
  if (!top) return 0;
  let best = [0, at(0).height];
  let [low, lowSlope] = [0, at(0).slope];
  for (let k = 0; k <= 80; k++) {
    const high = top * 10 ** (k / 10 - 8);
    const slope = at(high).slope;
    if (lowSlope > 0 && slope <= 0) {
      let [a, b] = [low, high];
      for (let m = (a + b) / 2; a < m && m < b; m = (a + b) / 2) at(m).slope > 0 ? (a = m) : (b = m);
      const { height } = at(a);
      if (height > best[1]) best = [a, height];
    }
    [low, lowSlope] = [high, slope];
  }
  return Math.sqrt(best[0]);
};

// Twelve groups whose truth is known: mulberry32 and Box–Muller, so that Python draws the same.
export const simulate = (seed) => {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const cents = (x) => Math.floor(100 * x + 0.5) / 100;
  const n = [2, 3, 4, 5, 7, 9, 12, 16, 22, 30, 42, 60];
  const truth = n.map(() => cents(50 + 5 * normal()));
  return { n, truth, sigma: 10, y: n.map((k, j) => cents(truth[j] + (10 / Math.sqrt(k)) * normal())) };
};

// All numbers of a state, from the traits. τ = ∞ travels as "inf": JSON has no infinity.
const NAMES = ["y", "n", "sigma", "labels", "truth", "target", "selected", "digits", "units", "mode",
  "show_truth", "committed", "start", "tagged"];
let last = {};
export const look = (get) => {
  const w = Object.fromEntries(NAMES.map((name) => [name, get(name)]));
  w.tau = get("tau") === "inf" ? Infinity : get("tau");
  if (last.y !== w.y || last.n !== w.n || last.sigma !== w.sigma)
    last = { y: w.y, n: w.n, sigma: w.sigma, reml: tauReml(w.y, w.n, w.sigma) };
  w.reml = last.reml;
  w.atReml = Math.abs(w.tau - w.reml) <= 1e-9 * (1 + w.reml);
  return Object.assign(w, pool(w.y, w.n, w.sigma, w.tau, w.target));
};

export const errors = (w) => {
  const mse = (estimate) => mean(estimate.map((v, j) => (v - w.truth[j]) ** 2), w.y.map(() => 1));
  return { complete: mse(w.y.map(() => w.grand)), none: mse(w.y), partial: mse(w.estimate) };
};

export const sentence = (w, strings) => {
  const say = (key, values) => fill(strings[key], values);
  const amount = (x, more = 0) => fixed(x, w.digits + more) + (w.units && ` ${w.units}`);
  if (!w.committed) return say("closed", { J: w.y.length });
  const j = w.selected;
  const size = w.movement.map(Math.abs);
  const far = size.indexOf(Math.max(...size));
  const key = w.tau === 0 ? (w.atReml ? "zero_reml" : "zero")
    : w.tau === Infinity ? "infinity" : w.atReml ? "reml" : "between";
  const said = [
    say(key, {
      tau: fixed(w.tau, w.digits + 1), aim: amount(w.aim),
      low: amount(Math.min(...w.estimate)), high: amount(Math.max(...w.estimate)),
      y_low: amount(Math.min(...w.y)), y_high: amount(Math.max(...w.y)),
    }),
    say("selected", {
      group: w.labels[j], n: w.n[j], mean: amount(w.y[j]), weight: fixed(w.lambda[j], 3),
      estimate: amount(w.estimate[j]), move: amount(size[j], 1),
      target: w.target === "all" ? "ȳ_all" : "μ̂", aim: amount(w.aim),
    }),
  ];
  if (w.mode === "full" && w.tau < Infinity)
    said.push(say("largest", { move: amount(size[far], 1), group: w.labels[far], n: w.n[far] }));
  if (w.show_truth && w.truth.length) {
    const e = errors(w);
    said.push(say("errors", Object.fromEntries(Object.keys(e).map((k) => [k, fixed(e[k], w.digits + 1)]))));
  }
  return said.join(strings.space);
};
