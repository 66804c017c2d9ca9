// What a model says of a few rows: Z, and the covariance. The reference is Python: model_translator_matrices.py.

import { id } from "./model_translator_terms.js";

const USUAL = 0.3;

// An SD or a correlation, as set or as usual; in a block of three a correlation stays within ±1/2.
const valueOf = ({ values, scale }, { kind, key, about, size }) => {
  if (kind !== "cor") return values[key] ?? scale[kind === "sigma" ? "sigma" : id(about[0]) || "1"];
  const most = 1 / (size - 1);
  return Math.max(-most, Math.min(most, values[key] ?? USUAL));
};

// The group of each row; that of a:b is named after both.
const labels = ({ groups }, factor) => {
  const found = factor.split(":").map((name) => groups[name]);
  return found[0].map((_, i) => found.map((names) => names[i]).join(":"));
};

const columnOf = (rows, column, n) => (column.length ? rows.x[column[0]] : Array(n).fill(1));

const designOf = (w) => w.model.varying.flatMap(([factor, blocks]) => {
  const mine = labels(w.rows, factor);
  const groups = [...new Set(mine)];
  return blocks.flat().flatMap((column) => groups.map((group, k) => ({ group, span: groups.length,
    top: k ? "" : `${id(column) || "1"} | ${factor}`,
    values: columnOf(w.rows, column, w.n).map((x, i) => (mine[i] === group ? x : 0)) })));
});

// What two rows have in common: { text, amount, product }, one for each variance or covariance that ties them.
const ties = (w, a, b) => w.parameters.flatMap((one) => {
  const { kind, symbol, about, factor } = one;
  if (kind === "sigma") return a === b ? [{ text: "σ^2", amount: w.value.sigma ** 2, times: 1 }] : [];
  if (kind !== "sd" && kind !== "cor") return [];
  const mine = labels(w.rows, factor);
  if (mine[a] !== mine[b]) return [];
  const [x, z] = [about[0], about.at(-1)].map((column) => columnOf(w.rows, column, w.n));
  if (kind === "sd") return [{ text: `${symbol}^2`, amount: w.value[one.key] ** 2, times: x[a] * x[b] }];
  const [first, second] = about.map((column) =>
    w.parameters.find((p) => p.kind === "sd" && p.factor === factor && id(p.about[0]) === id(column)));
  return [{ text: `${symbol} ${first.symbol} ${second.symbol}`,
    amount: w.value[one.key] * w.value[first.key] * w.value[second.key], times: x[a] * z[b] + z[a] * x[b] }];
});

// The values of all variances and correlations, Z, and the covariance of the rows, added to a state.
export const numbersOf = (w) => {
  w.value = {};
  for (const one of w.parameters) if (/sd|cor|sigma/.test(one.kind)) w.value[one.key] = valueOf(w, one);
  w.design = designOf(w);
  w.ties = (a, b) => ties(w, a, b);
  const every = Array.from({ length: w.n }, (_, i) => i);
  w.covariance = every.map((a) => every.map((b) => ties(w, a, b).reduce((sum, { amount, times }) => sum + amount * times, 0)));
  w.shared = (a, b) => w.model.varying.map(([factor]) => [factor, labels(w.rows, factor)])
    .filter(([, mine]) => mine[a] === mine[b]).map(([factor, mine]) => `${factor} ${mine[a]}`);
};
