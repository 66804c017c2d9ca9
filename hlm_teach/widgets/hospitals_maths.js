// Hospitals: the draw, three lists of estimates, what they get wrong, and the sentence that says a state.
// The reference is Python: hospitals_data.py, hospitals_fit.py, hospitals.py, hospitals_words.py.

import { normals } from "./shared/normals.js";
import { fill, fixed } from "./shared/numbers.js";

const [J400, MEAN, TAU, SIGMA] = [400, 16, 1.5, 36];
export const TARGETS = ["raw", "mean", "line"];
const sum = (values) => values.reduce((a, b) => a + b, 0);
const mean = (values) => sum(values) / values.length;
const sorted = (values, way = 1) => values.map((_, j) => j).sort((i, j) => way * (values[i] - values[j]) || i - j);

const kept = {};
const numbers = (seed) => (kept[seed] ??= normals(seed)(4 * J400));
const simulate = ({ seed, effect, spread }) => {
  const z = numbers(seed);
  const v = z.slice(0, J400).map((a) => Math.min(3000, Math.max(8, Math.floor(Math.exp(4 + spread * a) + 0.5))));
  const centre = mean(v.map(Math.log));
  const truth = v.map((a, j) => MEAN - effect * (Math.log(a) - centre) + TAU * z[J400 + j]);
  return { v, truth, extra: z.slice(3 * J400), y: truth.map((a, j) => a + (SIGMA / Math.sqrt(v[j])) * z[2 * J400 + j]) };
};

// Generalised least squares at τ², toward a mean and toward a line: climb and height of −2 log restricted likelihood there.
let weights = new Float64Array(J400);
const at = ({ y, variance, x }, tau2) => {
  const J = y.length;
  if (weights.length < J) weights = new Float64Array(J);
  let [total, squares, y0, x0] = [0, 0, 0, 0];
  for (let j = 0; j < J; j++) {
    const w = (weights[j] = 1 / (tau2 + variance[j]));
    total += w;
    squares += w * w;
    y0 += w * y[j];
    x0 += w * x[j];
  }
  [y0, x0] = [y0 / total, x0 / total];
  let [spread, cross, up, bend, both, rest] = [0, 0, 0, 0, 0, 0];
  for (let j = 0; j < J; j++) {
    const across = x[j] - x0;
    const off = y[j] - y0;
    const wx = weights[j] * across;
    const wy = weights[j] * off;
    spread += wx * across;
    cross += wx * off;
    up += wy * off;
    bend += wx * wx;
    both += wx * wy;
    rest += wy * wy;
  }
  return [0, cross / spread].map((slope, line) => ({ slope, y0, x0, spread, total,
    climb: total - squares / total - rest + slope * (2 * both - slope * bend) - (line && bend / spread),
    height: () => up - slope * cross + sum(variance.map((v) => Math.log(tau2 + v))) + Math.log(total * (line ? spread : 1)) }));
};

// Where f, below 0 at a and not at b, crosses it: the secant, with the end that stays halved (Illinois).
const crossing = (f, a, b) => {
  let [fa, fb, c] = [f(a), f(b), b];
  for (let step = 0, last = a; step < 100 && Math.abs(c - last) > 1e-15 * c; step++) {
    last = c;
    c = (a * fb - b * fa) / (fb - fa);
    const fc = f(c);
    if (fc < 0 === fb < 0) fa /= 2;
    else [a, fa] = [b, fb];
    [b, fb] = [c, fc];
  }
  return c;
};

// τ² of both, by REML: the lowest of all places where the climb begins.
const reml = (w) => {
  const unit = mean(w.variance);
  const start = at(w, 0);
  const best = start.map((fit) => [0, fit.height()]);
  let [low, before] = [0, start];
  for (let k = 0; k < 40; k++) {
    const high = 10 ** (k / 3 - 5) * unit;
    const now = at(w, high);
    for (const line of [0, 1]) {
      if (!(before[line].climb < 0 && now[line].climb >= 0)) continue;
      const root = crossing((tau2) => at(w, tau2)[line].climb, low, high);
      const height = at(w, root)[line].height();
      if (height < best[line][1]) best[line] = [root, height];
    }
    [low, before] = [high, now];
  }
  return best.map(([tau2]) => tau2);
};

const shrunk = (w) => reml(w).map((tau2, line) => {
  const { slope, y0, x0, spread, total } = at(w, tau2)[line];
  const weight = w.variance.map((v) => tau2 / (tau2 + v));
  const target = w.x.map((x) => y0 + slope * (x - x0));
  const noise = w.x.map((x) => 1 / total + (line && (x - x0) ** 2 / spread));
  return { tau2, slope, weight, target, intercept: y0 - slope * x0,
    estimate: w.y.map((y, j) => target[j] + weight[j] * (y - target[j])),
    se: weight.map((k, j) => Math.sqrt(k * w.variance[j] + (1 - k) ** 2 * noise[j])) };
});

const asTheyAre = ({ y, variance }) => {
  const centre = sum(y.map((v, j) => v / variance[j])) / sum(variance.map((v) => 1 / v));
  return { tau2: Infinity, slope: 0, intercept: centre, weight: y.map(() => 1), target: y.map(() => centre), estimate: y,
    se: variance.map(Math.sqrt) };
};

// What does not change with the list shown: the draw, the fits, the orders.
const hospitals = (w, set, casemix) => {
  const drawn = w.simulated ? simulate(w) : set;
  const base = w.mixed ? casemix.standardised(drawn, w) : drawn;
  const scale = w.simulated ? SIGMA : 1;
  const { v, y, truth, times } = base;
  const state = { ...base, scale, J: v.length, x: v.map(Math.log),
    variance: v.map((a, j) => ((scale / Math.sqrt(a)) * (times ? times[j] : 1)) ** 2) };
  const { J } = state;
  state.quarter = [];
  sorted(v).forEach((j, rank) => (state.quarter[j] = Math.floor((rank * 4) / J)));
  const [centre, line] = shrunk(state);
  state.fits = { raw: asTheyAre(state), mean: centre, line };
  state.ends = Math.max(1, Math.floor(J / 20));
  for (const fit of Object.values(state.fits)) {
    fit.order = sorted(fit.estimate);
    fit.places = [];
    fit.order.forEach((j, i) => {
      const before = fit.order[i - 1];
      fit.places[j] = i && fit.estimate[before] === fit.estimate[j] ? fit.places[before] : i + 1;
    });
    const both = [...fit.order.slice(0, state.ends), ...fit.order.slice(-state.ends)];
    fit.small = both.filter((j) => state.quarter[j] < 2).length;
  }
  if (truth) state.bad = new Set(sorted(truth, -1).slice(0, Math.floor(J / 10)));
  return state;
};

// Bias, RMSE or wrong calls of a list in each quarter, and over all.
export const scores = (w, name, measure) => {
  const fit = w.fits[name];
  const off = fit.estimate.map((v, j) => v - w.truth[j]);
  const worst = new Set(sorted(fit.estimate, -1).slice(0, Math.floor(w.J / 10)));
  const called = (j) => (w.rule === "two" ? fit.estimate[j] - w.fits.mean.intercept > 2 * fit.se[j] : worst.has(j));
  return [0, 1, 2, 3, 4].map((q) => {
    const part = w.quarter.map((_, j) => j).filter((j) => q === 4 || w.quarter[j] === q);
    if (measure === "wrong") return part.filter((j) => called(j) !== w.bad.has(j)).length;
    if (measure === "bias") return mean(part.map((j) => off[j]));
    return Math.sqrt(mean(part.map((j) => off[j] ** 2)));
  });
};

const excess = (w, name) => {
  const best = (order) => mean(order.slice(0, w.ends).map((j) => w.truth[j]));
  return 10 * (best(w.fits[name].order) - best(sorted(w.truth)));
};

// All numbers of a state, from the traits, and the same as texts (`said`).
let last = {};
let numbered;
export const look = (get, casemix) => {
  const w = {};
  const names = ["preset", "effect", "spread", "target", "rule", "measure", "reveal", "selected", "seed", "committed", "presets",
    "start", "cases", "mix", "standard"];
  for (const name of names) w[name] = get(name);
  const set = get("sets")[w.preset];
  w.simulated = w.preset === "simulated";
  w.kind = w.simulated ? w.standard : "raw";
  w.mixed = w.simulated && (w.mix > 0 || w.kind !== "raw");
  const key = [w.preset, w.effect, w.spread, w.seed, w.mix, w.kind].join();
  if (last.key !== key || last.set !== set) last = { key, set, state: hospitals(w, set, casemix) };
  Object.assign(w, last.state);
  w.labels = set?.labels ?? (numbered ??= w.v.map((_, j) => fill(get("strings").label, { number: j + 1 })));
  w.fit = w.fits[w.target];
  w.decimals = w.simulated ? 1 : 2;
  const { fit, selected: j, decimals: d } = w;
  const size = (v) => fixed(v, w.simulated ? 0 : 1);
  const least = (values) => values.reduce((a, b) => Math.min(a, b));
  const most = (values) => values.reduce((a, b) => Math.max(a, b));
  const within = (values, q) => mean(values.filter((_, i) => w.quarter[i] === q));
  w.said = { J: w.J, low: size(least(w.v)), high: size(most(w.v)), ends: fit.small, both: 2 * w.ends, k: w.ends, seed: w.seed,
    weight: fixed(100 * within(fit.weight, 0), 0), label: w.labels[j], v: size(w.v[j]), place: fit.places[j], scale: w.scale,
    weight_own: fixed(fit.weight[j], 3), rest: fixed(1 - fit.weight[j], 3), tau2: fixed(fit.tau2, d + 1),
    se2: fixed(w.variance[j], d + 1) };
  const say = (digits, values) => { for (const k in values) w.said[k] = fixed(values[k], digits); };
  say(d, { y_low: least(w.y), y_high: most(w.y), mu: w.fits.mean.intercept, tau: Math.sqrt(fit.tau2), aim: fit.target[j],
    doubling: w.fits.line.slope * Math.LN2, small: within(w.fits.line.target, 0), large: within(w.fits.line.target, 3),
    own: w.y[j], estimate: fit.estimate[j], se: fit.se[j], truth: w.truth ? w.truth[j] : NaN });
  if (w.mixed) Object.assign(w.said, casemix.ofMix(w));
  w.shown = w.simulated && w.reveal;
  if (w.shown)
    for (const name of TARGETS) {
      say(2, { [`bias_${name}`]: scores(w, name, "bias")[0], [`rmse_${name}`]: scores(w, name, "rmse")[0] });
      say(1, { [`excess_${name}`]: excess(w, name) });
    }
  return w;
};

export const sentence = (w, strings) => {
  if (!w.committed) return strings.closed;
  const flat = w.target === "mean" && !w.fits.mean.tau2;
  const { kind, target } = w;
  const keys = [...(kind === "raw" ? [w.simulated ? "state" : "state_counts", flat ? "mean_zero" : target, "chosen"]
    : [`state_${kind}`, flat ? "mean_zero" : target === "raw" ? `raw_${kind}` : target, "chosen_standard"]),
    ...(w.mixed ? (w.mix ? ["mix", `says_${kind}`] : ["mix_none"]) : []),
    ...(w.shown ? [w.mixed ? "true_mix" : "true", "bias", "excess"] : [])];
  return keys.map((key) => fill(strings[key], w.said)).join(strings.space);
};

// The question that another draw asks.
export const ask = (seed, effect, spread, strings) => {
  const w = hospitals({ simulated: true, seed, effect, spread });
  const bias = scores(w, "mean", "bias").slice(0, 4);
  const size = bias.map(Math.abs);
  const worst = size.indexOf(Math.max(...size));
  const [a, b, c, d] = bias.map((v) => fixed(v, 1));
  const values = { J: w.J, effect: fixed(effect, 1), a, b, c, d };
  return { text: fill(strings[effect ? "ask" : "ask_flat"], values), options: [0, 1, 2, 3, 4].map((i) => strings[`option_${i}`]),
    answer: size[worst] >= 1 ? worst : 4, because: fill(strings.because, values) };
};
