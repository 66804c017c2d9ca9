// Slopes at the boundary: 500 data sets, the fit of one by four ways, and the sentence that says a state.
// The reference is Python: boundary_slopes_numbers.py, boundary_slopes_words.py.

import { normals } from "./shared/normals.js";
import { fill, fixed } from "./shared/numbers.js";
import { SETS, TRIES, chiSquare, once } from "./balanced.js";

const TAU0 = 0.5;

const draw = ({ seed, J, n, tau1, rho }) => once("draws", [seed, J, n, tau1, rho], () => {
  const row = 1 + 9 * TRIES;
  const z = once("normals", seed, () => normals(seed)(SETS * row));
  const [a, b, d] = [1 + n * TAU0 ** 2, n * rho * TAU0 * tau1, 1 + n * tau1 ** 2];
  const low = b / Math.sqrt(a);
  const rest = Math.sqrt(d - low * low);
  return Array.from({ length: SETS }, (_, k) => {
    const at = (i) => k * row + 1 + 3 * TRIES * i;
    const [first, second] = [Math.sqrt(chiSquare(J - 1, z, at(0))), Math.sqrt(chiSquare(J - 2, z, at(1)))];
    const [up, down, over] = [Math.sqrt(a) * first, low * first + rest * z[k * row], rest * second];
    return { C: [up * up, up * down, down * down + over * over].map((v) => v / (J - 1)), W: chiSquare(J * (n - 2), z, at(2)) };
  });
});

// Whatever is below σ² is pooled with it, the smallest first; `drop` pools the second in any case.
const pooled = (l1, l2, W, J, f, drop) => {
  let [total, free] = [W, f];
  const v = [l1, l2];
  const out = [false, false];
  for (const k of drop || l2 <= l1 ? [1, 0] : [0, 1])
    if (v[k] < total / free || (drop && k)) {
      [total, free] = [total + (J - 1) * v[k], free + J - 1];
      out[k] = true;
    }
  const sigma2 = total / free;
  return [out[0] ? sigma2 : l1, out[1] ? sigma2 : l2, sigma2];
};

const avoided = (l1, l2, W, J, f) => {
  const best = (l, s) => {
    const whole = (J - 1) * (l + s);
    return (whole + Math.sqrt(whole * whole - 4 * (J - 2) * (J - 1) * l * s)) / (2 * (J - 2));
  };
  let [low, high] = [0, W / f];
  for (let s = (low + high) / 2; low < s && s < high; s = (low + high) / 2)
    f / s - W / s ** 2 + 1 / (best(l1, s) - s) + 1 / (best(l2, s) - s) < 0 ? (low = s) : (high = s);
  return [best(l1, high), best(l2, high), high];
};

export const fitSlopes = ({ C: [a, b, d], W }, J, n, remedy) => {
  const f = J * (n - 2);
  const turned = remedy === "keep" || remedy === "prior";
  const half = Math.hypot((a - d) / 2, b);
  const [l1, l2] = turned ? [(a + d) / 2 + half, (a + d) / 2 - half] : [a, d];
  const angle = turned ? Math.atan2(2 * b, a - d) / 2 : 0;
  const [v1, v2, sigma2] = remedy === "prior" ? avoided(l1, l2, W, J, f) : pooled(l1, l2, W, J, f, remedy === "drop");
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const [t1, t2] = [(v1 - sigma2) / n, (v2 - sigma2) / n];
  const [T00, T11] = [cosine ** 2 * t1 + sine ** 2 * t2, sine ** 2 * t1 + cosine ** 2 * t2];
  return { tau0: Math.sqrt(T00), tau1: Math.sqrt(T11),
    rho: T00 * T11 > 0 ? (cosine * sine * (t1 - t2)) / Math.sqrt(T00 * T11) : NaN,
    sigma2, l1, l2, height: (J - 1) * (Math.log(v1) + l1 / v1 + Math.log(v2) + l2 / v2) + f * Math.log(sigma2) + W / sigma2,
    boundary: Math.min(t1, t2) === 0, se: Math.sqrt((n * T11 + sigma2) / (n * J)) };
};

export const REMEDIES = ["keep", "apart", "drop", "prior"];

// All numbers of a state, from the traits, and the same as texts (`said`).
export const look = (get) => {
  const w = {};
  for (const name of ["J", "n", "tau1", "rho", "remedy", "number", "seed", "committed", "start", "cases"]) w[name] = get(name);
  const { J, n } = w;
  const sets = draw(w);
  w.data = sets[w.number - 1];
  w.all = once("all", [w.seed, J, n, w.tau1, w.rho], () => sets.map((set) => fitSlopes(set, J, n, "keep")));
  w.share = w.all.filter(({ boundary }) => boundary).length / SETS;
  w.fits = Object.fromEntries(REMEDIES.map((name) => [name, fitSlopes(w.data, J, n, name)]));
  const { keep } = w.fits;
  w.now = w.fits[w.remedy];
  const f = J * (n - 2);
  w.said = { J, n, sets: SETS, seed: w.seed, number: w.number, tau0: fixed(TAU0, 2), tau1: fixed(w.tau1, 2), rho: fixed(w.rho, 1),
    share: fixed(100 * w.share, 1), none: w.all.filter(({ rho }) => Number.isNaN(rho)).length, f, W: fixed(w.data.W, 2),
    unit: fixed(w.data.W / f, 3), l1: fixed(keep.l1, 3), l2: fixed(keep.l2, 3), sign: keep.boundary ? "≤" : ">" };
  for (const [name, fit] of [["keep", keep], ["now", w.now]])
    Object.assign(w.said, { [`${name}_tau0`]: fixed(fit.tau0, 3), [`${name}_tau1`]: fixed(fit.tau1, 3),
      [`${name}_rho`]: fixed(fit.rho, 2), [`${name}_se`]: fixed(fit.se, 3) });
  for (const name of ["apart", "drop"]) w.said[`${name}_rise`] = fixed(w.fits[name].height - keep.height, 2);
  return w;
};

export const sentence = (w, strings) => {
  if (!w.committed) return strings.closed;
  const { keep } = w.fits;
  const place = !keep.boundary ? "inside" : Number.isNaN(keep.rho) ? "nothing" : "ridge";
  const last = w.remedy !== "keep" ? w.remedy : keep.boundary ? "keep_boundary" : "keep_inside";
  return ["state", place, "share", last].map((key) => fill(strings[key], w.said)).join(strings.space);
};

// The question that another case asks.
export const ask = (w, strings) => ({ text: fill(strings.ask, w.said), options: [0, 1, 2, 3].map((i) => strings[`option_${i}`]),
  answer: [0.1, 0.35, 0.6].filter((edge) => w.share > edge).length, because: fill(strings.because, w.said) });
