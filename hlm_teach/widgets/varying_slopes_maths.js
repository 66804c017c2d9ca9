// Varying intercepts and slopes in closed form, and the sentence that says a state.
// The reference is Python: varying_slopes_fit.py, varying_slopes_words.py, and hlm_teach.lmm for the estimates.

import { fill, fixed } from "./shared/numbers.js";

// A symmetric 2 × 2 matrix [[p, q], [q, r]] is [p, q, r]; T times itself shifted by `by` is the covariance at a moved origin.
const total = (values) => values.reduce((a, b) => a + b, 0);
const dot = (u, v) => total(u.map((x, k) => x * v[k]));
export const moved = ([p, q, r], by) => [p + 2 * by * q + by * by * r, q + by * r, r];
export const spreadOf = ([p, q, r]) => {
  const [tau0, tau1] = [Math.sqrt(Math.max(0, p)), Math.sqrt(Math.max(0, r))];
  return { tau0, tau1, rho: tau0 * tau1 ? Math.min(1, Math.max(-1, q / (tau0 * tau1))) : 0 };
};
export const covarianceOf = ([tau0, tau1, rho]) => [tau0 * tau0, rho * tau0 * tau1, tau1 * tau1];

// Groups with the same design (n, mean and spread of x) weigh alike: one entry each, with the mean and scatter of their lines.
export const designs = ({ n, mx, sxx }, lines, origin, unit = 1) => {
  const found = new Map();
  lines.forEach(([a, b], j) => {
    const key = [n[j], mx[j], sxx[j]].join();
    if (!found.has(key)) found.set(key, { n: n[j], x: (mx[j] - origin) / unit, sxx: sxx[j] / (unit * unit), own: [] });
    found.get(key).own.push([a + b * origin, b * unit]);
  });
  return [...found.values()].map(({ n, x, sxx, own }) => {
    const mean = [0, 1].map((k) => total(own.map((c) => c[k])) / own.length);
    const scatter = [[0, 0], [0, 1], [1, 1]].map(([i, k]) =>
      total(own.map((c) => (c[i] - mean[i]) * (c[k] - mean[k]))));
    return { n, count: own.length, S: [n, n * x, sxx + n * x * x], mean, scatter };
  });
};

// A = (s2 I + S T)⁻¹ S and log|s2 I + S T| of one design.
const weigh = (S, T, s2) => {
  const m = [s2 + S[0] * T[0] + S[1] * T[1], S[0] * T[1] + S[1] * T[2],
    S[1] * T[0] + S[2] * T[1], s2 + S[1] * T[1] + S[2] * T[2]];
  const size = m[0] * m[3] - m[1] * m[2];
  const A = [(m[3] * S[0] - m[1] * S[1]) / size, (m[3] * S[1] - m[1] * S[2]) / size, (m[0] * S[2] - m[2] * S[1]) / size];
  return { A, log: Math.log(size) };
};
const inside = (A, u, v) => A[0] * u[0] * v[0] + A[1] * (u[0] * v[1] + u[1] * v[0]) + A[2] * u[1] * v[1];
const minus = (u, v) => [u[0] - v[0], u[1] - v[1]];
const times = (A, u) => [A[0] * u[0] + A[1] * u[1], A[1] * u[0] + A[2] * u[1]];

const sums = (all, T, s2) => {
  const [G, right, each] = [[0, 0, 0], [0, 0], []];
  let [logs, quad] = [0, 0];
  for (const { S, count, mean } of all) {
    const { A, log } = weigh(S, T, s2);
    for (let k = 0; k < 3; k++) G[k] += count * A[k];
    for (let k = 0; k < 2; k++) right[k] += count * (A[k] * mean[0] + A[k + 1] * mean[1]);
    logs += count * log;
    each.push(A);
  }
  const size = G[0] * G[2] - G[1] * G[1];
  const beta = [(G[2] * right[0] - G[1] * right[1]) / size, (G[0] * right[1] - G[1] * right[0]) / size];
  for (let k = 0; k < all.length; k++) {
    const [{ count, mean, scatter }, A] = [all[k], each[k]];
    const away = minus(mean, beta);
    quad += scatter[0] * A[0] + 2 * scatter[1] * A[1] + scatter[2] * A[2] + count * inside(A, away, away);
  }
  return { each, G, size, beta, logs, quad };
};

// −2 log restricted likelihood; `rest` is the sum of squares around the groups' own lines, N the number of rows.
export const criterion = (all, T, s2, rest, N) => {
  const { logs, size, quad } = sums(all, T, s2);
  const J = all.reduce((sum, d) => sum + d.count, 0);
  return (N - 2 * J) * Math.log(s2) + logs + Math.log(size) + quad + rest / s2 + (N - 2) * Math.log(2 * Math.PI);
};

// The profiled criterion at T = σ²ΛΛ', Λ = [[l0, 0], [l1, l2]], and its slope in Λ.
const profiled = (all, l, rest, N) => {
  const T = [l[0] * l[0], l[0] * l[1], l[1] * l[1] + l[2] * l[2]];
  const { each, G, size, beta, logs, quad } = sums(all, T, 1);
  const s2 = (quad + rest) / (N - 2);
  const D = [0, 0, 0];
  all.forEach((d, k) => {
    const A = each[k];
    const [u, v] = minus(d.mean, beta);
    const M = [[G[2], u * u], [-G[1], u * v], [G[0], v * v]].map(([g, square], i) =>
      (d.count * g) / size + (d.scatter[i] + d.count * square) / s2);
    const [e, f] = [[A[0], A[1]], [A[1], A[2]]];
    D[0] += d.count * A[0] - inside(M, e, e);
    D[1] += d.count * A[1] - inside(M, e, f);
    D[2] += d.count * A[2] - inside(M, f, f);
  });
  return { height: (N - 2) * Math.log(s2) + logs + Math.log(size), s2,
    slope: [2 * (D[0] * l[0] + D[1] * l[1]), 2 * (D[1] * l[0] + D[2] * l[1]), 2 * D[2] * l[2]] };
};

// The REML estimates by BFGS from two starts; without a correlation l1 stays 0. x is scaled to make both parts alike.
export const estimate = (groups, lines, origin, uncorrelated) => {
  const N = total(groups.n);
  const middle = uncorrelated ? origin : dot(groups.mx, groups.n) / N;
  const unit = Math.sqrt(total(groups.sxx) / N);
  const [all, rest, slack] = [designs(groups, lines, middle, unit), total(groups.rss), 1e-12 * N];
  const free = uncorrelated ? [0, 2] : [0, 1, 2];
  let best;
  for (const start of [1, 0.15]) {
    let l = [start, 0, start];
    let now = profiled(all, l, rest, N);
    const plain = free.map((i) => free.map((k) => (i === k ? 1 / lines.length : 0)));
    let H = plain;
    for (let step = 0; step < 80; step++) {
      const g = free.map((i) => now.slope[i]);
      const downhill = () => H.map((row) => -dot(row, g));
      if (dot(downhill(), g) >= 0) H = plain;
      const way = downhill();
      if (dot(way, g) > -1e-17) break;
      let size = 3 * Math.min(1, 2 / Math.hypot(...way));
      let to, next;
      do {
        size /= 3;
        to = l.slice();
        free.forEach((i, k) => (to[i] += size * way[k]));
        next = profiled(all, to, rest, N);
      } while (size > 1e-12 && !(next.height <= now.height + 1e-4 * size * dot(way, g) + slack));
      if (size <= 1e-12) break;
      const s = way.map((v) => size * v);
      const y = free.map((i, k) => next.slope[i] - g[k]);
      const sy = dot(s, y);
      if (sy > 0) {
        const Hy = H.map((row) => dot(row, y));
        const more = 1 + dot(y, Hy) / sy;
        H = H.map((row, i) => row.map((v, k) => v + (more * s[i] * s[k] - Hy[i] * s[k] - s[i] * Hy[k]) / sy));
      }
      [l, now] = [to, next];
    }
    if (!best || now.height < best.now.height - 1e-9) best = { l, now };
  }
  const { l, now } = best;
  if (Math.hypot(l[1], l[2]) < 1e-5) l[1] = l[2] = 0; // slopes that do not vary
  const T = [l[0] * l[0], (l[0] * l[1]) / unit, (l[1] * l[1] + l[2] * l[2]) / unit ** 2].map((v) => v * now.s2);
  return { T: moved(T, uncorrelated ? 0 : -middle), sigma: Math.sqrt(now.s2), middle, unit };
};

// All numbers of a state, from the traits. The estimates are kept until the lines move.
const NAMES = ["origin", "uncorrelated", "chosen", "selected", "surface", "lines", "groups", "names", "marks", "digits",
  "slope_digits", "x_digits", "committed", "shown"];
let kept = {};
export const look = (get) => {
  const w = Object.fromEntries(NAMES.map((name) => [name, get(name)]));
  const { origin, lines, groups } = w;
  if (kept.lines !== lines || kept.groups !== groups)
    kept = { lines, groups, full: estimate(groups, lines), rest: total(groups.rss), N: total(groups.n) };
  if (w.uncorrelated && kept.origin !== origin)
    Object.assign(kept, { origin, without: estimate(groups, lines, origin, true) });
  const { full, rest, N } = kept;
  const found = w.uncorrelated ? kept.without : full;
  w.sigma = found.sigma;
  w.base = w.chosen.length ? covarianceOf(w.chosen) : full.T;
  w.T = w.uncorrelated ? found.T : moved(w.base, origin);
  w.best = w.uncorrelated ? found.T : moved(full.T, origin);
  Object.assign(w, spreadOf(w.T));
  w.all = designs(groups, lines, origin);
  w.height = (T) => criterion(w.all, T, w.sigma ** 2, rest, N);
  w.criterion = w.height(w.T);
  w.lowest = criterion(w.all, moved(full.T, origin), full.sigma ** 2, rest, N);
  w.beta = sums(w.all, w.T, w.sigma ** 2).beta;
  w.own = lines.map(([a, b]) => [a + b * origin, b]);
  w.estimate = w.own.map((c, j) => {
    const x = groups.mx[j] - origin;
    const S = [groups.n[j], groups.n[j] * x, groups.sxx[j] + groups.n[j] * x * x];
    const u = times(w.T, times(weigh(S, w.T, w.sigma ** 2).A, minus(c, w.beta)));
    return [w.beta[0] + u[0], w.beta[1] + u[1]];
  });
  w.between = (x) => moved(w.T, x - origin)[0];
  w.low = w.tau1 ? origin - (w.rho * w.tau0) / w.tau1 : null;
  const s = spreadOf(w.uncorrelated ? w.T : moved(w.T, full.middle - origin));
  w.boundary = (w.uncorrelated || !w.chosen.length) &&
    (Math.min(s.tau0, s.tau1 * full.unit) < 1e-4 * w.sigma || 1 - s.rho ** 2 < 1e-6);
  const j = w.selected;
  const at = w.low === null ? origin : w.low;
  const [d, more, sd] = [(x) => fixed(x, w.digits), (x) => fixed(x, w.x_digits), (x) => fixed(x, w.slope_digits)];
  w.said = { J: lines.length, group: `${w.names[2]} ${groups.labels[j]}`, x: w.names[0], y: w.names[1],
    tau0: d(w.tau0), own0: d(w.own[j][0]), est0: d(w.estimate[j][0]), tau1: sd(w.tau1), own1: sd(w.own[j][1]),
    est1: sd(w.estimate[j][1]), rho: fixed(w.rho, 3), criterion: fixed(w.criterion, 3), origin: more(origin),
    above: fixed(w.criterion - w.lowest, 3), low: more(at),
    variance: fixed(w.between(at) + w.sigma ** 2, Math.max(0, w.digits - 1)) };
  w.marks.forEach((x, k) => Object.assign(w.said, { [`at_${"abc"[k]}`]: more(x),
    [`share_${"abc"[k]}`]: fixed(w.between(x) / (w.between(x) + w.sigma ** 2), 3) }));
  return w;
};

export const sentence = (w, strings) => {
  if (!w.committed) return fill(strings.closed, w.said);
  const keys = [w.uncorrelated ? "uncorrelated" : w.chosen.length ? "chosen" : "estimates",
    ...(w.boundary ? ["boundary"] : []), w.low === null ? "parallel" : "narrow", "shares",
    w.groups.sxx[w.selected] > 0 ? "group" : "group_none"];
  return keys.map((key) => fill(strings[key], w.said)).join(strings.space);
};
