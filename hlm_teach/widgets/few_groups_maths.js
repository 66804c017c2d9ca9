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
const ratio = (J, n, method) => (method === "robust" ? (((J - 2) / (J - 1)) * (J * n - 1)) / (J * n - 2) : 1);

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

// The part of the coverage where S has the share sin²φ of both sums, φ from low to high.
const integral = (low, high, a, f, share, between) => {
  if (high <= low) return 0;
  const log = Math.log(2) + lnGamma((a + f) / 2) - lnGamma(a / 2) - lnGamma(f / 2);
  return (high - low) * sum(gauss().map(([node, weight]) => {
    const angle = low + (high - low) * node;
    const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
    const times = between ? ((a + f) / a) * sine ** 2 : sine ** 2 + share * cosine ** 2;
    return weight * Math.exp(log + (a - 1) * Math.log(sine) + (f - 1) * Math.log(cosine)) * within(a + f, Z * Math.sqrt(times));
  }));
};

export const coverage = (J, n, icc, method) => {
  const [a, f, share] = [J - 2, J * (n - 1), (1 - icc) / (1 - icc + n * icc)];
  if (!a) return method === "rows" ? within(f, Z * Math.sqrt(share)) : NaN;
  if (method !== "lmm" && method !== "rows") return within(a, factor(J, method) * Math.sqrt(ratio(J, n, method)));
  const [middle, sd] = [Math.asin(Math.sqrt(a / (a + f))), 1 / Math.sqrt(2 * (a + f))];
  const [low, high] = [Math.max(0, middle - 10 * sd), Math.min(Math.PI / 2, middle + 10 * sd)];
  const mixed = method === "lmm";
  const edge = mixed ? Math.min(high, Math.max(low, Math.atan(Math.sqrt((share * a) / f)))) : low;
  return integral(low, edge, a, f, share, false) + integral(edge, high, a, f, share, mixed);
};

const sample = ({ seed, J, n, icc }) => once("draws", [seed, J, n, icc], () => {
  const row = 1 + 6 * TRIES;
  const z = once("normals", seed, () => normals(seed)(SAMPLES * row));
  const [unit, a] = [1 - icc + n * icc, J - 2];
  return Array.from({ length: SAMPLES }, (_, k) => ({ estimate: Math.sqrt((4 * unit) / (J * n)) * z[k * row],
    S: a ? unit * chiSquare(a, z, k * row + 1) : 0, W: (1 - icc) * chiSquare(J * (n - 1), z, k * row + 1 + 3 * TRIES) }));
});

// The samples of a state with the intervals of a method.
const intervals = (w, method) => {
  const { J, n } = w;
  const [a, f] = [J - 2, J * (n - 1)];
  return sample(w).map(({ estimate, S, W }) => {
    const between = a ? S / a : Infinity;
    const tau2 = a ? Math.max(0, (between - W / f) / n) : NaN;
    const pooled = method === "rows" || (method === "lmm" && !tau2);
    const q = pooled ? (S + W) / (a + f) : between * ratio(J, n, method);
    const half = a || method === "rows" ? factor(J, method) * Math.sqrt((4 * q) / (J * n)) : Infinity;
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
  w.said = { J, n, N: J * n, free: J - 2, sets: SAMPLES, seed: w.seed, icc: fixed(icc, 2),
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
  const values = { J, n, icc: fixed(icc, 2), name: strings[`method_${method}`], exact: fixed(share, 1) };
  return { text: fill(strings.ask, values), options: [0, 1, 2, 3].map((i) => strings[`option_${i}`]),
    answer: [94, 90, 84].filter((edge) => share < edge).length, because: fill(strings.because, values) };
};
