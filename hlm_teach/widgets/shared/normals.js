// Uniform and standard normal numbers from a seed: mulberry32 and Box–Muller, as hlm_teach/widgets/normals.py draws them.

export const uniforms = (seed) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
};

export const normals = (seed) => {
  const uniform = uniforms(seed);
  return (count) =>
    Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()));
};
