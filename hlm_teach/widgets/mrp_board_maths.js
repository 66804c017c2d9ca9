// The MRP board: a poll, the multilevel logit on its cells, five estimates, and the sentence that says a state.
// The reference is Python: mrp_board_data.py, mrp_board_fit.py, mrp_board.py, mrp_board_words.py.

import { uniforms } from "./shared/normals.js";
import { fill, fixed } from "./shared/numbers.js";

export const METHODS = ["raw", "rake", "p", "mr", "mrp"];
export const ODDS = ["odds_a", "odds_b", "odds_u", "odds_y"];
const [RIDGE, STEP, CLOSE] = [1e-6, 4, 1e-7];
const zeros = (n) => Array(n).fill(0);
const sum = (values) => values.reduce((a, b) => a + b, 0);
const dot = (a, b) => {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
};

// What was computed last for a name, as long as nothing that it depends on changes.
let kept = {};
const once = (name, key, make) => {
  const now = String(key);
  if (kept[name]?.now !== now) kept[name] = { now, value: make() };
  return kept[name].value;
};

const poll = (w) => {
  const { N, share, u, middle, traits } = w.world;
  const [K, size] = [N[0].length, traits[1][1].length];
  const u01 = once("uniforms", w.seed, () => Array.from({ length: 10000 }, uniforms(w.seed)));
  const [yes, all, sums] = [[], [], []];
  let total = 0;
  for (let j = 0; j < w.J; j++)
    N[j].forEach((people, k) => {
      let odds = k >= K - size ? w.odds_a : 1;
      if (k % size === 0) odds *= w.odds_b;
      if (u[j] > middle) odds *= w.odds_u;
      if (j === w.quiet) odds = 0;
      yes.push(people * odds * (share[j][k] * w.odds_y));
      all.push(yes.at(-1) + people * odds * (1 - share[j][k]));
      sums.push((total += all.at(-1)));
    });
  const [n, says] = [zeros(all.length), zeros(all.length)];
  for (let i = 0; i < w.n; i++) {
    const at = u01[2 * i] * total;
    let [low, high] = [0, all.length];
    while (low < high) {
      const m = (low + high) >> 1;
      sums[m] <= at ? (low = m + 1) : (high = m);
    }
    n[low] += 1;
    if (u01[2 * i + 1] * all[low] < yes[low]) says[low] += 1;
  }
  const rows = (list) => Array.from({ length: w.J }, (_, j) => list.slice(j * K, (j + 1) * K));
  return { n: rows(n), yes: rows(says) };
};

const design = ({ u, traits: [[, first], [, second]] }, J, predictor, interaction) =>
  Array.from({ length: J }, (_, j) => first.flatMap((_, a) => second.map((_, b) => {
    const A = first.slice(1).map((_, i) => Number(i + 1 === a));
    return [1, ...A, ...second.slice(1).map((_, i) => Number(i + 1 === b)),
      ...(predictor ? [u[j]] : []), ...(predictor && interaction ? A.map((v) => v * u[j]) : [])];
  })));

// The penalised equations at a place: gradient, and the solver of the Hessian (the Schur complement is inverted by sweeping).
const system = (X, { n, yes }, tau, { beta, b }) => {
  const P = beta.length;
  const strength = tau ? 1 / (tau * tau) : Infinity;
  const S = beta.map((_, p) => beta.map((_, q) => (p === q ? RIDGE : 0)));
  const slope = beta.map((v) => -RIDGE * v);
  const share = X.map((row, j) => row.map((x) => 1 / (1 + Math.exp(-dot(x, beta) - b[j]))));
  const weight = share.map((row, j) => row.map((v, k) => n[j][k] * v * (1 - v)));
  const W = weight.map(sum);
  const D = W.map((v) => v + strength);
  const B = X.map(() => zeros(P));
  const slopes = X.map((row, j) => {
    let left = 0;
    row.forEach((x, k) => {
      const [a, r] = [weight[j][k], yes[j][k] - n[j][k] * share[j][k]];
      left += r;
      for (let p = 0; p < P; p++) {
        if (!x[p]) continue;
        B[j][p] += a * x[p];
        slope[p] += r * x[p];
        for (let q = 0; q < P; q++) S[p][q] += a * x[p] * x[q];
      }
    });
    S.forEach((line, p) => line.forEach((_, q) => (line[q] -= (B[j][p] * B[j][q]) / D[j])));
    return left - (b[j] ? b[j] * strength : 0);
  });
  for (let p = 0; p < P; p++) {
    const pivot = S[p][p];
    S[p][p] = 1;
    S[p] = S[p].map((v) => v / pivot);
    S.forEach((line, q) => {
      const share = line[p];
      if (q === p) return;
      line[p] = 0;
      S[q] = line.map((v, r) => v - share * S[p][r]);
    });
  }
  const solve = (g, gs) => {
    const rest = g.map((v, p) => v - sum(B.map((row, j) => (gs[j] / D[j]) * row[p])));
    const way = S.map((line) => dot(line, rest));
    return [way, gs.map((v, j) => (v - dot(B[j], way)) / D[j])];
  };
  return { X, share, weight, W, slope, slopes, solve };
};

const mode = (X, asked, tau, start) => {
  let place = start;
  for (let step = 0; step < 100; step++) {
    const at = system(X, asked, tau, place);
    const [way, ways] = at.solve(at.slope, at.slopes);
    const size = Math.max(...way.map(Math.abs), ...ways.map(Math.abs));
    const part = size > STEP ? STEP / size : 1;
    place = { beta: place.beta.map((v, p) => v + part * way[p]), b: place.b.map((v, j) => v + part * ways[j]) };
    if (size < CLOSE) break;
  }
  return { ...place, at: system(X, asked, tau, place) };
};

// dD/d log τ at a mode.
const climbOf = ({ at, beta, b }, tau) => {
  const [way, ways] = at.solve(beta.map(() => 0), b.map((v) => (2 * v) / tau ** 3));
  return tau * sum(b.map((v, j) => {
    const moved = sum(at.X[j].map((x, k) => at.weight[j][k] * (1 - 2 * at.share[j][k]) * (dot(x, way) + ways[j])));
    return (-2 * v * v) / tau ** 3 + (2 * tau * at.W[j] + tau * tau * moved) / (1 + tau * tau * at.W[j]);
  }));
};

const fit = (X, asked) => {
  let place = { beta: zeros(X[0][0].length), b: zeros(X.length) };
  const climb = (s) => climbOf((place = mode(X, asked, Math.exp(s), place)), Math.exp(s));
  let [tau, a, fa] = [0, 0, 0];
  for (let k = 0; k < 13 && !tau; k++) {
    const s = Math.log(10 ** (k / 4 - 2));
    const f = climb(s);
    if (fa < 0 && f >= 0) tau = Math.exp(crossing(climb, a, fa, s, f));
    [a, fa] = [s, f];
  }
  tau ||= fa < 0 ? 10 : 0;
  if (!tau) place.b = zeros(X.length);
  const { beta, b, at } = mode(X, asked, tau, place);
  return { tau, beta, b, share: at.share };
};

const crossing = (f, a, fa, b, fb) => {
  for (let step = 0; step < 60 && fb !== fa && Math.abs(b - a) >= 1e-13; step++) {
    const c = b - (fb * (b - a)) / (fb - fa);
    const fc = f(c);
    if (Math.abs(fc) < 1e-11) return c;
    if (fc * fb < 0) [a, fa] = [b, fb];
    else fa /= 2;
    [b, fb] = [c, fc];
  }
  return b;
};

// The totals of each kind of cell over the units, and the level of a kind in a trait.
const kinds = (rows, J) => rows[0].map((_, k) => sum(rows.slice(0, J).map((row) => row[k])));
const level = ({ traits }, axis, k) => (axis ? k % traits[1][1].length : Math.floor(k / traits[1][1].length));

const rake = (world, people, asked) => {
  const weight = people.map(() => 1);
  for (let round = 0; round < 200; round++) {
    const axis = round % 2;
    const [has, want] = [zeros(people.length), zeros(people.length)];
    people.forEach((v, k) => {
      has[level(world, axis, k)] += weight[k] * asked[k];
      want[level(world, axis, k)] += v;
    });
    people.forEach((_, k) => {
      const l = level(world, axis, k);
      if (has[l]) weight[k] *= want[l] / has[l];
    });
  }
  return weight;
};

const estimates = (w, { n, yes }, share) => {
  const whole = kinds(n, w.J);
  const weight = rake(w.world, kinds(w.world.N, w.J), whole);
  const over = (weights, values) => dot(weights, values) / sum(weights);
  const found = { raw: [], rake: [], p: [], mr: [], mrp: [] };
  n.forEach((own, j) => {
    const N = w.world.N[j];
    found.raw.push(sum(yes[j]) / sum(own));
    found.rake.push(dot(weight, yes[j]) / dot(weight, own));
    found.p.push(over(N.map((v, k) => (own[k] ? v : 0)), own.map((v, k) => (v ? yes[j][k] / v : 0))));
    found.mr.push(over(sum(own) ? own : whole, share[j]));
    found.mrp.push(over(N, share[j]));
  });
  return found;
};

// All numbers of a state, from the traits, and the same as texts (`said`).
export const look = (get) => {
  const w = {};
  const names = "n J silent mr p predictor interaction selected seed world cases start committed".split(" ");
  for (const name of [...names, ...ODDS]) w[name] = get(name);
  const { world, J } = w;
  w.quiet = w.silent < J ? w.silent : -1;
  w.at = Math.min(w.selected, J - 1);
  w.method = (w.mr ? "mr" : "") + (w.p ? "p" : "") || "raw";
  const key = [w.seed, w.n, J, w.quiet, ...ODDS.map((name) => w[name])];
  if (kept.world !== world) kept = { world };
  w.poll = once("poll", key, () => poll(w));
  w.fitted = (predictor, interaction) => {
    const both = predictor && interaction;
    return once(`fit${predictor}${both}`, key, () => {
      const found = fit(design(world, J, predictor, both), w.poll);
      return { fit: found, estimates: estimates(w, w.poll, found.share) };
    });
  };
  Object.assign(w, w.fitted(w.predictor, w.interaction));
  const N = world.N.slice(0, J);
  w.size = N.map(sum);
  w.truth = N.map((row, j) => dot(row, world.share[j]) / w.size[j]);
  w.asked = w.poll.n.map(sum);
  w.shown = w.estimates[w.method];
  w.overall = (values) => {
    const size = w.size.map((v, j) => (values[j] >= 0 ? v : 0));
    return dot(size, values.map((v) => v || 0)) / sum(size);
  };
  const has = w.asked.filter(Boolean).length;
  w.rmse = (name) => {
    const off = w.estimates[name].map((v, j) => (w.asked[j] ? (v - w.truth[j]) ** 2 : 0));
    return Math.sqrt(sum(off) / has);
  };
  const [asked, people] = [kinds(w.poll.n, J), kinds(N, J)];
  const part = (values, axis, l) => sum(values.filter((_, k) => level(world, axis, k) === l)) / sum(values);
  w.margins = world.traits.flatMap(([, levels], axis) =>
    levels.map((name, l) => [name, part(asked, axis, l), part(people, axis, l)]));
  const [ratio, j] = [([, a, b]) => (b ? a / b : 0), w.at];
  const over = w.margins.reduce((best, row) => (ratio(row) > ratio(best) ? row : best));
  w.said = { n: w.n, J, unit: world.unit, empty: sum(w.poll.n.map((row) => row.filter((v) => !v).length)),
    cells: J * N[0].length, none: J - has, has, label: world.labels[j], asked: w.asked[j], over: over[0],
    odds_y: fixed(w.odds_y, 2), tau: fixed(w.fit.tau, 2), over_sample: fixed(100 * over[1], 0),
    over_people: fixed(100 * over[2], 0) };
  const say = (values) => { for (const name in values) w.said[name] = fixed(100 * values[name], 1); };
  say({ estimate: w.shown[j], truth: w.truth[j], all_mrp: w.overall(w.estimates.mrp), all_truth: w.overall(w.truth) });
  for (const name of METHODS) say({ [`rmse_${name}`]: w.rmse(name) });
  return w;
};

export const sentence = (w, strings) => {
  if (!w.committed) return strings.closed;
  const chosen = w.asked[w.at] ? "chosen" : Number.isNaN(w.shown[w.at]) ? "chosen_none" : "chosen_model";
  const keys = ["state", "over", w.method, ...(w.mr && !w.fit.tau ? ["zero"] : []), "errors",
    ...(w.odds_y === 1 ? [] : ["hidden"]), chosen];
  return keys.map((key) => fill(strings[key], w.said)).join(strings.space);
};

// The question about a state in which a unit is silent.
export const ask = (w, strings) => {
  const [plain, better] = [false, true].map((predictor) => w.fitted(predictor, false).estimates.mrp[w.quiet]);
  const truth = w.truth[w.quiet];
  const values = { n: w.n, label: w.world.labels[w.quiet], predictor: w.world.predictor, plain: fixed(100 * plain, 1),
    better: fixed(100 * better, 1), truth: fixed(100 * truth, 1) };
  return { text: fill(strings.ask, values), options: [0, 1, 2, 3].map((i) => fill(strings[`option_${i}`], values)),
    answer: Math.abs(better - truth) < Math.abs(plain - truth) ? 3 : 2, because: fill(strings.because, values) };
};
