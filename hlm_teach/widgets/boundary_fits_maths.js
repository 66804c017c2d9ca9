// Boundary fits: 500 data sets, the chance of τ̂ = 0, one fit with and without a prior, and the sentence that says a state.
// The reference is Python: boundary_fits_numbers.py, reml_ml_profile.py, boundary_fits_words.py.

import { fBelow } from "./shared/beta.js";
import { normals } from "./shared/normals.js";
import { fill, fixed } from "./shared/numbers.js";
import { CUT, SETS, TRIES, chiSquare, once, profile, round } from "./balanced.js";

const MANY = 1000;

export const chance = (J, n, icc, method) => {
  const divisor = method === "ML" ? J : J - 1;
  return fBelow(J - 1, J * (n - 1), ((1 - icc) * divisor) / (1 - icc + n * icc) / (J - 1));
};

const needed = (n, icc, method) => {
  let [low, high] = [2, MANY];
  if (chance(high, n, icc, method) > 0.05) return 0;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    chance(middle, n, icc, method) > 0.05 ? (low = middle) : (high = middle);
  }
  return high;
};

const draw = ({ seed, J, n, tau2, sigma2 }) => once("draws", [seed, J, n, tau2, sigma2], () => {
  const z = once("normals", seed, () => normals(seed)(SETS * 6 * TRIES));
  return Array.from({ length: SETS }, (_, k) => [(sigma2 + n * tau2) * chiSquare(J - 1, z, 6 * TRIES * k),
    sigma2 * chiSquare(J * (n - 1), z, 6 * TRIES * k + 3 * TRIES)]);
});

// The fit with a prior that grows in proportion to τ: where the criterion less 2·log τ is lowest.
const avoid = (fit, n, S) => {
  const climb = (tau2) => {
    const whole = fit.sigma2At(tau2) + n * tau2;
    return n * (fit.m / whole - S / whole ** 2) - 1 / tau2;
  };
  let low = Math.max(0, fit.raw);
  let step = fit.unit / n;
  while (climb(low + step) < 0) [low, step] = [low + step, 2 * step];
  let high = low + step;
  for (let x = (low + high) / 2; low < x && x < high; x = (low + high) / 2) climb(x) < 0 ? (low = x) : (high = x);
  const tau = Math.sqrt(high);
  const at = (x) => fit.at(x) - 2 * Math.log(x);
  const lowest = at(tau);
  const crossing = (outside) => {
    let inside = tau;
    for (let x = (inside + outside) / 2; (x - inside) * (outside - x) > 0; x = (inside + outside) / 2)
      at(x) < lowest + CUT ? (inside = x) : (outside = x);
    return inside;
  };
  let far = 2 * tau;
  while (at(far) < lowest + CUT) far *= 2;
  return { tau, at, lowest, ends: [crossing(0), crossing(far)] };
};

// All numbers of a state, from the traits, and the same as texts (`said`).
export const look = (get) => {
  const w = {};
  const names = ["preset", "J", "n", "icc", "method", "remedy", "number", "seed", "committed", "presets", "start", "cases"];
  for (const name of names) w[name] = get(name);
  w.simulated = w.preset === "simulated";
  const set = get("sets")[w.preset];
  if (set) [w.J, w.n] = set.size;
  const { J, n, icc, method } = w;
  const rest = J * (n - 1);
  w.sigma2 = set ? set.W / rest : 1 - icc;
  w.tau2 = set ? (w.sigma2 * icc) / (1 - icc) : icc;
  const sets = draw(w);
  const [S, W] = set ? [set.S, set.W] : sets[w.number - 1];
  const key = [J, n, method, S, W];
  Object.assign(w, once("fit", key, () => {
    const fit = profile(w, 1, method === "REML", S, W, 1);
    return { fit, ends: fit.interval(), prior: avoid(fit, n, S), rise: fit.lowest - fit.atVariance(fit.raw) };
  }));
  const { fit, ends, prior } = w;
  w.raw = once("raw", [w.seed, J, n, w.tau2, w.sigma2, method], () => sets.map(([a, b]) => (a / fit.m - b / rest) / n));
  w.share = w.raw.filter((v) => v <= 0).length / SETS;
  w.chance = chance(J, n, icc, method);
  w.needed = once("needed", [n, icc, method], () => needed(n, icc, method));
  w.se = (tau) => Math.sqrt((fit.sigma2At(tau * tau) + n * tau * tau) / (J * n));
  const noise = Math.max(fit.unit, w.sigma2) / n;
  w.reach = [-1.25 * noise, round(Math.max([...w.raw].sort((a, b) => a - b)[489], 1.3 * fit.raw, noise))];
  const places = (spread) => Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(spread)))) + 1;
  const unit = set ? w.sigma2 : 1;
  const [size, square] = (w.digits = [places(Math.sqrt(unit)), places(unit)]);
  const divisor = method === "ML" ? J : J - 1;
  w.said = { J, n, method, sets: SETS, seed: w.seed, number: w.number, icc: fixed(icc, 2), rise: fixed(w.rise, 2),
    chance: fixed(100 * w.chance, 1), share: fixed(100 * w.share, 1), needed: w.needed, rows: w.needed * n, rest, free: J - 1,
    top: method === "ML" ? "SSB / J" : "MSB", cut: fit.raw < 0 ? "→ 0" : "",
    bound: (method === "ML" ? "{ J | J − 1 } · " : "") + "{ σ^2 | σ^2 + n · τ^2 } = " +
      fixed(((1 - icc) * divisor) / (1 - icc + n * icc) / (J - 1), 3) };
  const say = (digits, values) => { for (const k in values) w.said[k] = fixed(values[k], digits); };
  say(square, { msb: S / (J - 1), msw: fit.unit, between: S / fit.m, raw: fit.raw });
  say(size, { tau: fit.tau, low: ends[0], high: ends[1], se: w.se(fit.tau), se_high: w.se(ends[1]), se_drop: w.se(0),
    se_prior: w.se(prior.tau), prior: prior.tau, prior_low: prior.ends[0], prior_high: prior.ends[1] });
  return w;
};

export const sentence = (w, strings) => {
  if (!w.committed) return strings.closed;
  const place = w.fit.tau ? "inside" : "boundary";
  const last = { keep: `keep_${place}`, groups: w.needed ? "groups" : "groups_never" }[w.remedy] ?? w.remedy;
  return ["state", place, "chance", last].map((key) => fill(strings[key], w.said)).join(strings.space);
};

// The question that another case asks.
export const ask = ([J, n, icc], method, strings) => {
  const share = chance(J, n, icc, method);
  const values = { J, n, method, icc: fixed(icc, 2), chance: fixed(100 * share, 1) };
  return { text: fill(strings.ask, values), options: [0, 1, 2, 3].map((i) => strings[`option_${i}`]),
    answer: [0.05, 0.2, 0.45].filter((edge) => share > edge).length, because: fill(strings.because, values) };
};
