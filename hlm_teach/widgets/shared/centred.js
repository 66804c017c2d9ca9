// Numbers made to have mean square 1, or mean 0 in each run of n of them.

export const scaled = (a) => {
  const size = Math.sqrt(a.reduce((total, v) => total + v * v, 0) / a.length);
  return a.map((v) => v / size);
};
export const centred = (a, n = a.length) => {
  const sums = [];
  a.forEach((v, i) => (sums[Math.floor(i / n)] = (sums[Math.floor(i / n)] || 0) + v));
  return a.map((v, i) => v - sums[Math.floor(i / n)] / n);
};
