// Partial pooling of group means in closed form. The reference is Python: hlm_teach/pooling.py.

export const sum = (values) => values.reduce((a, b) => a + b, 0);
export const mean = (values, weights) => sum(values.map((v, j) => v * weights[j])) / sum(weights);

// Where the slider stands: 0 is complete pooling, STEPS is none, log τ between.
export const STEPS = 120;
export const tauAt = (position, sigma) =>
  position <= 0 ? 0 : position >= STEPS ? Infinity : sigma * 10 ** (-2 + (3 * (position - 1)) / (STEPS - 2));
export const positionOf = (tau, sigma) =>
  tau === 0 ? 0 : tau === Infinity ? STEPS
    : Math.min(STEPS - 1, Math.max(1, 1 + ((Math.log10(tau / sigma) + 2) / 3) * (STEPS - 2)));

// B = 1 / (1 + τ²n/σ²), the weight on the target; λ = 1 − B, the weight on the group's own mean.
const shrinkage = (n, sigma, tau) => (tau === Infinity ? 0 : 1 / (1 + n * (tau / sigma) ** 2));
export const reliability = (n, sigma, tau) => 1 - shrinkage(n, sigma, tau);

export const pool = (y, n, sigma, tau, target) => {
  const B = n.map((k) => shrinkage(k, sigma, tau));
  const mu = mean(y, tau === Infinity ? n.map(() => 1) : n.map((k, j) => k * B[j])); // k·B ∝ 1/(τ² + σ²/k)
  const grand = mean(y, n);
  const aim = target === "all" ? grand : mu;
  const movement = y.map((v, j) => B[j] * (v - aim));
  return { lambda: B.map((b) => 1 - b), mu, grand, aim, movement, estimate: y.map((v, j) => v - movement[j]) };
};
