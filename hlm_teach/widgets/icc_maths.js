// What an ICC means in numbers and rows, and the sentence that says it. The reference is Python: icc_numbers.py.

import { centred, scaled } from "./shared/centred.js";
import { normals } from "./shared/normals.js";
import { fill, fixed } from "./shared/numbers.js";

// P(|Z| > z), by the series of the normal integral.
const tails = (z) => {
  let [term, total] = [z, z];
  for (let k = 3; term > 1e-17 * total; k += 2) total += term *= (z * z) / k;
  return Math.max(0, 1 - Math.sqrt(2 / Math.PI) * Math.exp((-z * z) / 2) * total);
};

const drawn = {};
const parts = (seed, J, n) => {
  const key = [seed, J, n].join();
  if (!drawn[key]) {
    const draw = normals(seed);
    drawn[key] = [scaled(centred(draw(J))), scaled(centred(draw(J * n), n))];
  }
  return drawn[key];
};

// The rows drawn, group after group: all pairs of two rows of a group correlate by `icc` exactly.
export const sample = (icc, J, n, seed) => {
  const [m, v] = parts(seed, J, n);
  const share = (1 + (n - 1) * icc) / n;
  return v.map((x, i) => Math.sqrt(share) * m[Math.floor(i / n)] + Math.sqrt(1 - share) * x);
};

export const target = (seed, round) => ((37 * seed + 61 * round + 3) % 91) / 100;
export const points = (guess, truth) => Math.max(0, 100 - 3 * Math.floor(100 * Math.abs(guess - truth) + 0.5));

export const look = (get) => {
  const w = {};
  for (const name of ["icc", "J", "n", "level", "seed", "playing", "round", "score", "guess", "committed"]) w[name] = get(name);
  const between = 1 + (w.n - 1) * w.icc;
  w.N = w.J * w.n;
  w.groups = Math.min(w.J, 16);
  w.rows = Math.min(w.n, 16);
  w.reliability = (w.n * w.icc) / between;
  w.deff = w.level === 2 ? between : 1 - w.icc;
  w.effective = w.N / between;
  w.type_one = tails(1.959963984540054 / Math.sqrt(w.deff));
  w.own = sample(w.icc, w.groups, w.rows, w.seed);
  w.truth = target(w.seed, w.round);
  w.said = { J: w.J, n: w.n, N: w.N, groups: w.groups, rows: w.rows, round: w.round, score: w.score, most: 100 * w.round,
    seed: w.seed, icc: fixed(w.icc, 2), guess: fixed(w.guess, 2), truth: fixed(w.truth, 2), points: points(w.guess, w.truth),
    between: fixed(100 * w.icc, 0), within: fixed(100 - 100 * w.icc, 0), rho: fixed(w.icc, 2), sigma2: fixed(1 - w.icc, 2),
    reliability: fixed(w.reliability, 3), big: fixed(between, 2), deff: fixed(w.deff, 2), effective: fixed(w.effective, 1),
    type_one: fixed(100 * w.type_one, 1) };
  return w;
};

export const sentence = (w, strings) => {
  const keys = !w.committed ? ["closed"] : w.playing ? [w.guess < 0 ? "asked" : "told"] : ["state", "worth", `level_${w.level}`];
  return keys.map((key) => fill(strings[key], w.said)).join(strings.space);
};

// The question that a draw asks: about n, or about J where its seed is odd.
export const ask = ({ icc, n, J, seed }, strings) => {
  const reliability = (k) => fixed((k * icc) / (1 + (k - 1) * icc), 3);
  const values = { n, twice: 2 * n, J, more: 2 * J, icc: fixed(icc, 2), one: reliability(n), two: reliability(2 * n) };
  const kind = seed % 2 ? "J" : "n";
  const because = strings[kind === "n" && !icc ? "because_0" : `because_${kind}`];
  return { text: fill(strings[`ask_${kind}`], values), options: [0, 1, 2, 3].map((i) => strings[`option_${i}`]),
    answer: kind === "n" && icc ? 1 : 3, because: fill(because, values) };
};
