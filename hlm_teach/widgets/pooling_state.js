// A state of the pooling explorer: the REML estimate, the simulated groups, what is asked about them, and the sentence.
// The reference is Python: hlm_teach/variance.py, pooling_groups.py and pooling_words.py.

import { normals } from "./shared/normals.js";
import { fill, fixed } from "./shared/numbers.js";
import { mean, pool, sum } from "./pooling_maths.js";

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

// Twelve groups whose truth is known, drawn as Python draws them.
export const simulate = (seed) => {
  const draw = normals(seed);
  const cents = (x) => Math.floor(100 * x + 0.5) / 100;
  const n = [2, 3, 4, 5, 7, 9, 12, 16, 22, 30, 42, 60];
  const truth = draw(12).map((z) => cents(50 + 5 * z));
  return { n, truth, sigma: 10, y: draw(12).map((z, j) => cents(truth[j] + (10 / Math.sqrt(n[j])) * z)) };
};

// What is asked about new groups, as pooling_groups.py asks: who moves most (full), who is first half way (path)?
export const ask = (w, strings) => {
  const { y, n, sigma } = w;
  const amount = (x) => amountOf(w, x);
  const all = y.map((_, j) => j);
  const most = (among, size) => among.reduce((a, b) => (size(b) > size(a) ? b : a));
  let small, answer, third, text, told;
  if (w.mode === "full") {
    const { mu, movement } = pool(y, n, sigma, w.reml, "mu");
    const size = movement.map(Math.abs);
    answer = most(all, (j) => size[j]);
    small = most(all, (j) => -size[j]);
    let best = 0.1 * size[answer];
    for (const j of all) {
      const larger = all.filter((k) => n[k] > n[j]);
      const far = larger.length ? most(larger, (k) => size[k]) : j;
      if (size[far] - size[j] > best) [best, small, answer] = [size[far] - size[j], j, far];
    }
    const rest = all.filter((j) => j !== small && j !== answer && size[answer] > 1.2 * size[j]);
    const larger = rest.filter((j) => n[j] > n[answer]);
    third = (larger.length ? larger : rest).sort((i, j) => Math.abs(y[j] - mu) - Math.abs(y[i] - mu));
    text = fill(strings.ask_full, { tau: amount(w.reml), sigma: amount(sigma), mu: amount(mu) });
    told = (j) => amount(size[j]);
  } else {
    answer = most(all, (j) => n[j]);
    small = most(all, (j) => -n[j]);
    const away = (j) => Math.abs(y[j] - mean(y, n));
    third = all.filter((j) => j !== answer && j !== small && n[j] < n[answer]).sort((i, j) => away(j) - away(i));
    text = strings.ask_path;
    told = (j) => `τ = ${amount(sigma / Math.sqrt(n[j]))}`;
  }
  const tagged = [small, answer, ...third.slice(0, 1)].sort((i, j) => i - j);
  const because = fill(strings[`because_${w.mode}`], { told: tagged.map((j, k) => "ABC"[k] + " " + told(j)).join("; ") });
  const options = tagged.map((j, k) =>
    fill(strings.option, { tag: "ABC"[k], group: w.labels[j], n: n[j], mean: amount(y[j]) }));
  return { question: { text, options, answer: tagged.indexOf(answer), because }, tagged, selected: tagged[0],
    choice: -1, confidence: 0, committed: false };
};

// All numbers of a state, from the traits. τ = ∞ travels as "inf": JSON has no infinity.
const NAMES = ["y", "n", "sigma", "labels", "truth", "target", "selected", "digits", "units", "mode",
  "show_truth", "committed", "start", "tagged", "seed"];
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

const amountOf = (w, x, more = 0) => fixed(x, w.digits + more) + (w.units && ` ${w.units}`);

export const errors = (w) => {
  const mse = (estimate) => mean(estimate.map((v, j) => (v - w.truth[j]) ** 2), w.y.map(() => 1));
  return { complete: mse(w.y.map(() => w.grand)), none: mse(w.y), partial: mse(w.estimate) };
};

export const sentence = (w, strings) => {
  const say = (key, values) => fill(strings[key], values);
  const amount = (x, more) => amountOf(w, x, more);
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
