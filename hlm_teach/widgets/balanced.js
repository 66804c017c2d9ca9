// Balanced groups: χ² numbers, what the distribution of F says of τ̂², and the deviance curve of one data set.
// The reference is Python: reml_ml_draws.py, reml_ml_profile.py.

import { fBelow } from "./shared/beta.js";

export const [SETS, TRIES] = [500, 6];
export const CUT = 3.841458820694124;

// Whatever costs time is kept until what it depends on changes.
const kept = {};
export const once = (name, key, make) => {
  if (kept[name]?.key !== String(key)) kept[name] = { key: String(key), value: make() };
  return kept[name].value;
};

// The next number above that has one digit, 1, 2 or 5.
export const round = (x) => {
  const unit = 10 ** Math.floor(Math.log10(x));
  return unit * [1, 2, 5, 10].find((k) => k * unit >= x);
};

// A χ² number from 18 standard normal ones: Marsaglia and Tsang's rejection.
export const chiSquare = (free, z, from) => {
  const d = free / 2 - 1 / 3;
  let v;
  for (let i = from; i < from + 3 * TRIES; i += 3) {
    const x = z[i];
    v = Math.max(1e-9, 1 + x / Math.sqrt(9 * d)) ** 3;
    if ((z[i + 1] ** 2 + z[i + 2] ** 2) / 2 > d * v - d - (x * x) / 2 - d * Math.log(v)) break;
  }
  return 2 * d * v;
};

// The mean of τ̂² over all data sets, and the chance of τ̂ = 0.
export const exact = ({ J, n, p, tau, sigma }, divisor) => {
  const [free, rest] = [J - p, J * (n - 1)];
  const unit = sigma ** 2 + n * tau ** 2;
  const ratio = (sigma ** 2 * divisor) / unit;
  const above = ((unit * free) / divisor) * (1 - fBelow(free + 2, rest, ratio / (free + 2)));
  const below = sigma ** 2 * (1 - fBelow(free, rest + 2, (ratio * (rest + 2)) / (free * rest)));
  return { mean: (above - below) / n, zero: fBelow(free, rest, ratio / free) };
};

// Where the criterion stops falling in x = σ²/MSW: roots of a cubic, between 1 and f − a, above −a.
const turns = (e, m, f, a) => {
  const slope = (x) => e * (x - 1) * (x + a) ** 2 + m * (x + a - f) * x * x;
  const [low, high] = [Math.max(-a, Math.min(1, Math.max(0, f - a))), Math.max(1, f - a)];
  const [square, linear] = [3 * (e + m), e * (2 * a - 1) + m * (a - f)];
  const inner = linear ** 2 - square * e * a * (a - 2);
  const cuts = inner > 0 ? [-1, 1].map((side) => (side * Math.sqrt(inner) - linear) / square) : [];
  const edges = [[low, -1], ...cuts.filter((x) => low < x && x < high).map((x) => [x, slope(x)]), [high, 1]];
  return edges.slice(1).flatMap(([right, after], i) => {
    let [left, before] = edges[i];
    if (before > 0 || after < 0) return [];
    for (let x = (left + right) / 2; left < x && x < right; x = (left + right) / 2) slope(x) < 0 ? (left = x) : (right = x);
    return [right];
  });
};

// One fit: the criterion over τ, its lowest point, and the τ at most 3.84 above it.
export const profile = ({ J, n }, p, restricted, S, within, times) => {
  const rest = J * (n - 1);
  const m = restricted ? J - p : J;
  const unit = within / rest;
  const f = S / m / unit;
  const N = J * n;
  const constant = (rest + m) * Math.log(unit) + (N - (restricted && p)) * Math.log(2 * Math.PI) +
    (restricted ? p * Math.log(N) + (p > 1 && 2 * Math.log(times)) : 0);
  const best = (tau2) => {
    const a = n * (tau2 / unit);
    return turns(rest, m, f, a).map((x) => [rest * (Math.log(x) + 1 / x) + m * (Math.log(x + a) + f / (x + a)), x])
      .reduce((one, other) => (other[0] < one[0] ? other : one));
  };
  const atVariance = (tau2) => constant + best(tau2)[0];
  const sigma2At = (tau2) => unit * best(tau2)[1];
  const at = (tau) => atVariance(tau * tau);
  const raw = (S / m - unit) / n;
  const tau = Math.sqrt(Math.max(0, raw));
  const lowest = at(tau);
  const crossing = (inside, outside) => {
    for (let x = (inside + outside) / 2; (x - inside) * (outside - x) > 0; x = (inside + outside) / 2)
      at(x) < lowest + CUT ? (inside = x) : (outside = x); // a NaN ends it too
    return inside;
  };
  const interval = () => {
    let far = 2 * tau || Math.sqrt(unit / n);
    while (at(far) < lowest + CUT) far *= 2;
    return [at(0) <= lowest + CUT ? 0 : crossing(tau, 0), crossing(tau, far)];
  };
  return { at, atVariance, sigma2At, m, unit, raw, tau, lowest, interval };
};
