// Few groups: 200 samples, five intervals, their exact coverage, and the sentence that says a state.
// The reference is Python: few_groups_numbers.py, few_groups_words.py.

import { fBelow, lnGamma } from "./shared/beta.js";
import { normals } from "./shared/normals.js";
import { fill, fixed } from "./shared/numbers.js";
import { TRIES, chiSquare, once } from "./balanced.js";

export const METHODS = ["z", "t", "robust", "lmm", "rows"];
export const [SAMPLES, NODES, Z] = [200, 40, 1.959963984540054];
const sum = (values) => values.reduce((a, b) => a + b, 0);
const within = (free, bound) => fBelow(1, free, bound * bound);

// The quantile of t that leaves 2.5 % above it.
const quantile = (free) => once("t", free, () => {
  let [low, high] = [1, 2];
  while (within(free, high) < 0.95) high *= 2;
  for (let x = (low + high) / 2; low < x && x < high; x = (low + high) / 2) within(free, x) < 0.95 ? (low = x) : (high = x);
  return high;
});

export const factor = (J, method) => (method === "t" ? quantile(J - 2) : Z);
// How many groups are treated, and how many are not; Stata's correction over J; S as the robust variance weighs its parts.
const arms = (J) => [Math.floor(J / 2), Math.ceil(J / 2)];
const correction = (J, n) => (J * n - 1) / (J * n - 2) / (J - 1);
const weighed = (one, other, J) => {
  const [treated, others] = arms(J);
  return one * (others / treated) + other * (treated / others);
};
const ratio = (J, n, method) => {
  if (method !== "robust") return 1;
  const [one, other] = arms(J).map((groups) => groups - 1);
  return correction(J, n) * (J > 2 ? weighed(one, other, J) : 0);
};

// The nodes and weights of Gauss and Legendre on 0…1, by Newton's method.
const gauss = () => once("gauss", NODES, () => Array.from({ length: NODES }, (_, k) => {
  let x = Math.cos((Math.PI * (k + 0.75)) / (NODES + 0.5));
  let slope;
  for (let step = 0; step < 9; step++) {
    let [p, before] = [x, 1];
    for (let m = 2; m <= NODES; m++) [p, before] = [((2 * m - 1) * x * p - (m - 1) * before) / m, p];
    slope = (NODES * (x * p - before)) / (x * x - 1);
    x -= p / slope;
  }
  return [(1 + x) / 2, 1 / ((1 - x * x) * slope * slope)];
}));

// The part of the coverage where the first of two χ² has the share sin²φ of their sum, φ from low to high.
const integral = (low, high, a, f, times) => {
  if (high <= low) return 0;
  const log = Math.log(2) + lnGamma((a + f) / 2) - lnGamma(a / 2) - lnGamma(f / 2);
  return (high - low) * sum(gauss().map(([node, weight]) => {
    const angle = low + (high - low) * node;
    const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
    const bound = Z * Math.sqrt(times(sine ** 2, cosine ** 2));
    return weight * Math.exp(log + (a - 1) * Math.log(sine) + (f - 1) * Math.log(cosine)) * within(a + f, bound);
  }));
};
// The angles between which nearly all shares lie.
const ends = (a, f) => {
  const [middle, sd] = [Math.asin(Math.sqrt(a / (a + f))), 1 / Math.sqrt(2 * (a + f))];
  return [Math.max(0, middle - 10 * sd), Math.min(Math.PI / 2, middle + 10 * sd)];
};

export const coverage = (J, n, icc, method) => {
  const [a, f, share] = [J - 2, J * (n - 1), (1 - icc) / (1 - icc + n * icc)];
  if (!a) return method === "rows" ? within(f, Z * Math.sqrt(share)) : NaN;
  if (method === "robust" && J % 2 && J > 3) {
    const free = arms(J).map((groups) => groups - 1);
    return integral(...ends(...free), ...free, (one, other) => a * correction(J, n) * weighed(one, other, J));
  }
  if (method !== "lmm" && method !== "rows") return within(a, factor(J, method) * Math.sqrt(ratio(J, n, method)));
  const [low, high] = ends(a, f);
  const edge = method === "lmm" ? Math.min(high, Math.max(low, Math.atan(Math.sqrt((share * a) / f)))) : high;
  return integral(low, edge, a, f, (sine, cosine) => sine + share * cosine) +
    integral(edge, high, a, f, (sine) => ((a + f) / a) * sine);
};

// χ² numbers, also where there are 0 or 1 degrees of freedom; 4 over J·n where the arms are equal.
const chi = (free, z, from) => (free < 2 ? free * z[from] ** 2 : chiSquare(free, z, from));
const scale = (J, n) => J / (arms(J)[0] * arms(J)[1]) / n;
const sample = ({ seed, J, n, icc }) => once("draws", [seed, J, n, icc], () => {
  const [row, more, odd] = [1 + 6 * TRIES, 3 * TRIES, J % 2];
  const z = once("normals", [seed, odd], () => normals(seed)(SAMPLES * (row + more * odd)));
  const [unit, a, [treated, others]] = [1 - icc + n * icc, J - 2, arms(J)];
  return Array.from({ length: SAMPLES }, (_, k) => {
    const one = unit * chi(odd ? treated - 1 : a, z, k * row + 1);
    const other = odd ? unit * chi(others - 1, z, SAMPLES * row + more * k) : 0;
    return { estimate: Math.sqrt(scale(J, n) * unit) * z[k * row], S: one + other, robust: odd ? weighed(one, other, J) : one,
      W: (1 - icc) * chiSquare(J * (n - 1), z, k * row + 1 + more) };
  });
});

// The samples of a state with the intervals of a method.
const intervals = (w, method) => {
  const { J, n } = w;
  const [a, f] = [J - 2, J * (n - 1)];
  return sample(w).map(({ estimate, S, W, robust }) => {
    const between = a ? S / a : Infinity;
    const tau2 = a ? Math.max(0, (between - W / f) / n) : NaN;
    const pooled = method === "rows" || (method === "lmm" && !tau2);
    const q = pooled ? (S + W) / (a + f) : method === "robust" && a ? robust * correction(J, n) : between;
    const half = a || method === "rows" ? factor(J, method) * Math.sqrt(scale(J, n) * q) : Infinity;
    return { estimate, half, tau2, q, hit: Math.abs(estimate) <= half };
  });
};

// All numbers of a state, from the traits, and the same as texts (`said`).
export const look = (get) => {
  const w = {};
  for (const name of ["J", "n", "icc", "method", "seed", "committed", "start", "cases"]) w[name] = get(name);
  const { J, n, icc, method } = w;
  w.pair = J === 2;
  w.possible = !w.pair || method === "rows";
  w.drawn = once("drawn", [w.seed, J, n, icc, method], () => intervals(w, method));
  w.board = once("board", [w.seed, J, n, icc], () => METHODS.map((name) => ({ name,
    factor: w.pair && name !== "rows" ? NaN : factor(J, name), exact: coverage(J, n, icc, name),
    covered: w.pair && name !== "rows" ? NaN : intervals(w, name).filter(({ hit }) => hit).length })));
  const mine = w.board.find(({ name }) => name === method);
  const [first] = w.drawn;
  const taus = w.drawn.map(({ tau2 }) => Math.sqrt(tau2));
  const k = factor(w.pair ? 4 : J, method);
  w.zero = w.pair ? NaN : fBelow(J - 2, J * (n - 1), (1 - icc) / (1 - icc + n * icc));
  w.lines = method === "robust" && J % 2 ? "robust_odd" : method;
  w.said = { J, n, treated: arms(J)[0], v: fixed(J * n * scale(J, n), J % 2 ? 3 : 0), N: J * n, free: J - 2, sets: SAMPLES,
    seed: w.seed, icc: fixed(icc, 2),
    name: get("strings")[`method_${method}`],
    covered: mine.covered, share: fixed((100 * mine.covered) / SAMPLES, 1), exact: fixed(100 * mine.exact, 1),
    rows_exact: fixed(100 * w.board[4].exact, 1), zero: fixed(100 * w.zero, 1), zeros: taus.filter((tau) => tau === 0).length };
  const say = (digits, values) => { for (const key in values) w.said[key] = fixed(values[key], digits); };
  say(3, { quantile: w.pair ? NaN : factor(J, "t"), ratio: ratio(J, n, "robust"), tau: Math.sqrt(icc), tau_low: Math.min(...taus),
    tau_high: Math.max(...taus), estimate: first.estimate, k, se: first.half / k, q: first.q,
    bound: k * Math.sqrt(ratio(J, n, method)) });
  return w;
};

export const sentence = (w, strings) => {
  if (!w.committed) return strings.closed;
  const keys = w.pair ? ["state", "pair", ...(w.possible ? ["covered"] : [])] : ["state", "covered", w.method, "tau"];
  return keys.map((key) => fill(strings[key], w.said)).join(strings.space);
};

// The question that another case asks.
export const ask = ([J, n, icc, method], strings) => {
  const share = 100 * coverage(J, n, icc, method);
  const values = { J, n, treated: arms(J)[0], icc: fixed(icc, 2), name: strings[`method_${method}`], exact: fixed(share, 1) };
  return { text: fill(strings.ask, values), options: [0, 1, 2, 3].map((i) => strings[`option_${i}`]),
    answer: [94, 90, 84].filter((edge) => share < edge).length, because: fill(strings.because, values) };
};
