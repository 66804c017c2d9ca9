// The distribution function of F, by the incomplete beta function (continued fraction of Lentz).

export const lnGamma = (x) => {
  const c = [676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
    -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7];
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - lnGamma(1 - x);
  const t = x + 6.5;
  return 0.9189385332046727 + (x - 0.5) * Math.log(t) - t +
    Math.log(c.reduce((total, v, i) => total + v / (x + i), 0.99999999999980993));
};

const beta = (x, a, b) => {
  if (x > (a + 1) / (a + b + 2)) return 1 - beta(1 - x, b, a);
  let [c, d] = [1, 1 / (1 - ((a + b) * x) / (a + 1))];
  let f = d;
  for (let m = 1; m < 500; m++) {
    const steps = [(m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))];
    const old = f;
    for (const step of steps) {
      d = 1 / (1 + step * d);
      c = 1 + step / c;
      f *= c * d;
    }
    if (f === old) break;
  }
  return (f / a) * Math.exp(lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
};

// P(F ≤ x) with d and e degrees of freedom.
export const fBelow = (d, e, x) => beta((d * x) / (d * x + e), d / 2, e / 2);
