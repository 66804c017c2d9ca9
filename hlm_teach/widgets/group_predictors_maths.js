// Groups whose means follow a predictor: both fits of a state, and the sentence that says it.
// The reference is Python: group_predictors_data.py, group_predictors_fit.py, group_predictors_words.py.

import { centred, scaled } from "./shared/centred.js";
import { normals } from "./shared/normals.js";
import { fill, fixed } from "./shared/numbers.js";

const SIZES = [2, 3, 4, 5, 7, 9, 12, 16, 22, 30, 42, 60];
const [MEAN, TAU, SIGMA, OUTLIER] = [50, 5, 10, 7];
const sum = (values) => values.reduce((a, b) => a + b, 0);
const dot = (a, b, c) => a.reduce((total, v, j) => total + v * b[j] * c[j], 0);

const simulate = ({ seed, r2, pattern, outlier }) => {
  const draw = normals(seed);
  const u = scaled(centred(draw(12)));
  const r = centred(draw(12));
  const common = sum(u.map((v, j) => v * r[j])) / 12;
  const own = scaled(r.map((v, j) => v - common * u[j]));
  const z = draw(12);
  const rank = u.map((v) => u.filter((other) => Math.abs(other) > Math.abs(v)).length);
  const of = { mixed: (j) => SIZES[j], equal: () => 12, ends: (j) => SIZES[rank[j]], middle: (j) => SIZES[11 - rank[j]] };
  const n = u.map((_, j) => of[pattern](j));
  const y = u.map((v, j) => MEAN + TAU * (Math.sqrt(r2) * v + Math.sqrt(1 - r2) * own[j]) + (SIGMA / Math.sqrt(n[j])) * z[j]);
  y[OUTLIER] += outlier;
  return { n, y, u };
};

// Generalised least squares at θ = τ²/σ², and the climb and height of −2 log restricted likelihood there.
const at = ({ n, y, u, within, N }, theta, line) => {
  const a = n.map((k) => k / (1 + k * theta));
  const total = sum(a);
  const [y0, u0] = [y, u].map((values) => sum(values.map((v, j) => a[j] * v)) / total);
  const [dy, du] = [y.map((v) => v - y0), u.map((v) => v - u0)];
  const spread = dot(a, du, du);
  const slope = line ? dot(a, du, dy) / spread : 0;
  const left = dy.map((v, j) => v - slope * du[j]);
  const rss = within + dot(a, left, left);
  const free = N - (line ? 2 : 1);
  const square = a.map((v) => v * v);
  const climb = total - sum(square) / total - (free * dot(square, left, left)) / rss - (line && dot(square, du, du) / spread);
  const height = () =>
    free * Math.log(rss) + sum(n.map((k) => Math.log1p(k * theta))) + Math.log(total) + (line && Math.log(spread));
  return { climb, height, slope, y0, u0, total, spread, sigma2: rss / free };
};

const reml = (w, line) => {
  const climb = (theta) => at(w, theta, line).climb;
  let best = [0, at(w, 0, line).height()];
  let [low, falls] = [0, climb(0) < 0];
  for (let k = 0; k < 40; k++) {
    const high = 10 ** (k / 3 - 5);
    const still = climb(high) < 0;
    if (falls && !still) {
      let [a, b] = [low, high];
      for (let m = (a + b) / 2; a < m && m < b; m = (a + b) / 2) climb(m) < 0 ? (a = m) : (b = m);
      const height = at(w, a, line).height();
      if (height < best[1]) best = [a, height];
    }
    [low, falls] = [high, still];
  }
  return best[0];
};

const fit = (w, line) => {
  const theta = reml(w, line);
  const { slope, y0, u0, total, spread, sigma2 } = at(w, theta, line);
  const weight = w.n.map((k) => (k * theta) / (1 + k * theta));
  const target = w.u.map((v) => y0 + slope * (v - u0));
  const noise = w.u.map((v) => sigma2 * (1 / total + (line && (v - u0) ** 2 / spread)));
  return { theta, slope, sigma2, tau2: theta * sigma2, weight, target, intercept: y0 - slope * u0,
    estimate: w.y.map((v, j) => target[j] + weight[j] * (v - target[j])),
    se: weight.map((v, j) => Math.sqrt((v * sigma2) / w.n[j] + (1 - v) ** 2 * noise[j])) };
};

// All numbers of a state, from the traits, and the same as texts (`said`).
let last = {};
export const look = (get) => {
  const w = {};
  const traits = ["preset", "r2", "pattern", "outlier", "seed", "target", "selected", "edits", "committed"];
  for (const name of traits) w[name] = get(name);
  const set = get("sets")[w.preset];
  const key = JSON.stringify([w.preset, w.r2, w.pattern, w.outlier, w.seed, w.edits]);
  w.simulated = w.preset === "simulated";
  if (last.key !== key || last.set !== set) {
    const base = w.simulated ? simulate(w) : set;
    const edited = (name, values) => values.map((v, j) => w.edits[j]?.[name] ?? v);
    const [n, y, u] = [edited("n", base.n), edited("mean", base.y), base.u];
    const state = { n, y, u, N: sum(n), within: set.sigma ** 2 * (sum(n) - n.length) };
    Object.assign(state, { mean: fit(state, false), line: fit(state, true) });
    const order = n.map((_, j) => j).sort((i, j) => n[i] - n[j] || i - j);
    const moves = order.map((j) => Math.abs(state.line.estimate[j] - state.mean.estimate[j]));
    const half = Math.floor(n.length / 2);
    state.halves = [moves.slice(0, half), moves.slice(-half)].map((part) => sum(part) / half);
    last = { key, set, state };
  }
  Object.assign(w, last.state, { labels: set.labels, names: [set.u_name, set.y_name], digits: set.digits, outlying: OUTLIER });
  w.fit = w[w.target];
  const other = w[w.target === "line" ? "mean" : "line"];
  const [j, [size, square]] = [w.selected, w.digits];
  w.said = { J: w.n.length, low: Math.min(...w.n), high: Math.max(...w.n), u: set.u_name, y: set.y_name, seed: w.seed,
    mean_tau2: fixed(w.mean.tau2, square), line_tau2: fixed(w.line.tau2, square), tau2: fixed(w.fit.tau2, square),
    sigma2: fixed(w.fit.sigma2, square), share: fixed(100 * (1 - w.line.tau2 / (w.mean.tau2 || 1)), 0), group: w.labels[j],
    n: w.n[j], at: fixed(w.u[j], 2), weight: fixed(w.fit.weight[j], 3), rest: fixed(1 - w.fit.weight[j], 3) };
  const values = { mean: w.mean.intercept, slope: w.line.slope, own: w.y[j], target: w.fit.target[j], se: w.fit.se[j],
    estimate: w.fit.estimate[j], other: other.estimate[j], small: w.halves[0], large: w.halves[1] };
  for (const name in values) w.said[name] = fixed(values[name], size);
  return w;
};

export const sentence = (w, strings) => {
  if (!w.committed) return strings.closed;
  const [before, after] = [w.mean.tau2, w.line.tau2];
  const change = !before ? "zero" : after < before ? "falls" : "rises";
  const keys = ["state", change, ...(before && !after ? ["warning"] : []), `chosen_${w.target}`, "halves"];
  return keys.map((key) => fill(strings[key], w.said)).join(strings.space);
};
