// Within, between, pooled, mixed: the slopes of a state, and the sentence that says it.
// The reference is Python: within_between_data.py (the parts), within_between_fit.py (the slopes).

import { centred, scaled } from "./shared/centred.js";
import { normals } from "./shared/normals.js";
import { fill, fixed } from "./shared/numbers.js";

const sum = (values) => values.reduce((a, b) => a + b, 0);
const dot = (a, b, c) => a.reduce((total, v, j) => total + v * b[j] * c[j], 0);
const mean = (values) => sum(values) / values.length;
const without = (a, b) => { const k = mean(a.map((v, i) => v * b[i])); return a.map((v, i) => v - k * b[i]); };

// The parts m, u, v and e of J groups of n rows: orthogonal, so that the slopes are the dials.
export const simulate = (seed, J, n) => {
  const draw = normals(seed);
  const m = scaled(centred(draw(J)));
  const u = without(centred(draw(J)), m).map((z) => 0.5 * z);
  const v = scaled(centred(draw(J * n), n));
  const e = without(centred(draw(J * n), n), v).map((z) => 0.7 * z);
  return { n: Array(J).fill(n), m, u, v, e, e2: sum(e.map((z) => z * z)), g: v.map((_, i) => Math.floor(i / n)),
    x0: 0, y0: 0, sx: 1 };
};

// Generalised least squares at θ = τ²/σ², and the climb and height of −2 log restricted likelihood there.
const at = (w, theta, both) => {
  const a = w.n.map((k) => k / (1 + k * theta));
  const total = sum(a);
  const [x, y] = [w.x, w.y].map((values) => sum(values.map((v, j) => a[j] * v)) / total);
  const [dx, dy] = [w.x.map((v) => v - x), w.y.map((v) => v - y)];
  const spread = dot(a, dx, dx);
  const between = dot(a, dx, dy) / spread;
  const weight = w.own / (w.own + spread);
  const slope = weight * w.within + (1 - weight) * between;
  const left = dy.map((v, j) => v - (both ? between : slope) * dx[j]);
  const rss = w.e2 + dot(a, left, left) + (both ? 0 : w.own * (w.within - slope) ** 2);
  const size = both ? spread : w.own + spread;
  const free = w.N - (both ? 3 : 2);
  const square = a.map((v) => v * v);
  return { x, y, between, weight, spread, theta, slope: both ? between : slope,
    climb: total - sum(square) / total - dot(square, dx, dx) / size - (free * dot(square, left, left)) / rss,
    height: () => free * Math.log(rss) + sum(w.n.map((k) => Math.log1p(k * theta))) + Math.log(total) + Math.log(size) };
};

// The θ at which the restricted likelihood is highest: the roots of its slope, and 0.
const reml = (w, both) => {
  const climb = (theta) => at(w, theta, both).climb;
  let best = [0, at(w, 0, both).height()];
  let [low, falls] = [0, climb(0) < 0];
  for (let k = 0; k < 40; k++) {
    const high = 10 ** (k / 3 - 5);
    const still = climb(high) < 0;
    if (falls && !still) {
      let [a, b] = [low, high];
      for (let m = (a + b) / 2; a < m && m < b; m = (a + b) / 2) climb(m) < 0 ? (a = m) : (b = m);
      const height = at(w, a, both).height();
      if (height < best[1]) best = [a, height];
    }
    [low, falls] = [high, still];
  }
  return best[0];
};

// All numbers of a state, from the traits, and the same as texts (`said`).
let drawn = {};
export const look = (get) => {
  const w = {};
  for (const name of ["preset", "within", "between", "icc", "J", "seed", "mundlak", "committed"]) w[name] = get(name);
  const key = [w.seed, w.J, get("n")].join();
  if (drawn.key !== key) drawn = { key, parts: simulate(w.seed, w.J, get("n")) };
  const set = get("sets")[w.preset];
  w.simulated = !set.m;
  Object.assign(w, set, w.simulated && drawn.parts);
  w.N = sum(w.n);
  w.x = w.m.map((m) => w.sx * Math.sqrt(w.icc) * m);
  w.y = w.x.map((x, j) => w.between * x + w.u[j]);
  w.own = w.N * w.sx ** 2 * (1 - w.icc);
  w.means = { x: mean(w.x), y: mean(w.y) };
  w.pooled = at(w, 0);
  w.mixed = at(w, reml(w));
  w.full = w.mundlak ? at(w, reml(w, true), true) : w.mixed;
  const { pooled, mixed, full } = w;
  w.said = { J: w.n.length, n: w.n[0], N: w.N, x: w.x_name, y: w.y_name, icc: fixed(100 * w.icc, 0) };
  const say = (digits, values) => { for (const k in values) w.said[k] = fixed(values[k], digits); };
  say(w.digits, { within: w.within, between: w.between, by_size: pooled.between, pooled: pooled.slope, mixed: mixed.slope,
    gls: mixed.between, full: full.slope, context: full.slope - w.within });
  say(3, { weight: mixed.weight, rest: 1 - mixed.weight, pooled_weight: pooled.weight, pooled_rest: 1 - pooled.weight,
    theta: mixed.theta });
  say(1, { own: w.own, spread: mixed.spread });
  return w;
};

export const sentence = (w, strings) => {
  if (!w.committed) return strings.closed;
  const uneven = w.n.every((k) => k === w.n[0]) ? "" : "_uneven";
  const keys = [`state${uneven}`, `pooled_line${uneven}`, w.mixed.theta ? "mixed_line" : "mixed_zero",
    ...(w.pooled.slope * w.within < 0 ? ["reversed"] : []), ...(w.mundlak ? ["mundlak_lines"] : [])];
  return keys.map((key) => fill(strings[key], w.said)).join(strings.space);
};

// The question that a draw asks: the sign of the pooled slope, or where the mixed model stands.
export const ask = (w, strings) => {
  const sign = w.within * w.pooled.between < 0 && !(w.simulated && w.seed % 2);
  const kind = sign ? "sign" : "mixed";
  const [say, { weight }] = [(key) => fill(strings[key], w.said), w.mixed];
  return { text: say(`ask_${kind}`), options: [0, 1, 2].map((i) => say(`${kind}_${i}`)),
    answer: sign ? Number(w.pooled.slope < 0) : weight > 0.7 ? 0 : weight < 0.3 ? 2 : 1, because: say(`because_${kind}`) };
};
