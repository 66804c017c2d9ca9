// The model translator: a state from the traits, and the sentence that says it.
// The reference is Python: model_translator_words.py. The numbers come from the second module.

import { fill, fixed } from "./shared/numbers.js";
import { counts, read } from "./model_translator_formula.js";
import { has, id } from "./model_translator_terms.js";

// What a parameter is, in words.
const wordOf = ({ symbol, kind, about, factor }, known, strings) => {
  let names = about.map(id);
  let key = `word_${kind}`;
  if (kind === "sd") key += names[0] ? "_slope" : "_mean";
  if (kind === "cor" && names[0]) key += "_slopes";
  if (kind === "cross") names = [about[0].slice(1).join(":"), about[0][0]];
  return fill(strings[key], { symbol, y: known.y, group: factor, x: names.at(-1), z: names[0] });
};

// All numbers and texts of a state: what the second module's `tell` adds to the model.
export const look = (get, tell) => {
  const w = {};
  for (const name of ["preset", "formula", "before", "values", "row", "column", "seed", "committed", "presets", "cases", "sets"])
    w[name] = get(name);
  Object.assign(w, w.sets[w.preset]);
  w.n = Object.values(w.rows.groups)[0].length;
  w.model = read(w.formula, w.known);
  w.counts = counts(w.model);
  w.digits = Math.min(4, Math.max(0, 2 - Math.floor(Math.log10(w.scale.sigma))));
  const strings = get("strings");
  tell(w, strings);
  w.words = w.parameters.map((one) => wordOf(one, w.known, strings));
  return w;
};

const warnings = (w, strings) => {
  const said = w.model.varying.flatMap(([group, blocks]) => blocks.flat().filter((column) => !has(w.model.fixed, column))
    .map(([x]) => fill(strings[x ? "warn_around" : "warn_origin"], { x, group })));
  for (const { kind, key, symbol, factor } of w.parameters)
    if (kind === "sd" && w.value[key] === 0) said.push(fill(strings.warn_zero, { symbol, group: factor }));
  return said;
};

export const sentence = (w, strings) => {
  if (!w.committed) return strings.closed;
  const said = [fill(strings.state, { formula: w.formula, ...w.counts })];
  if (w.before && w.before !== w.formula)
    said.push(fill(strings.change, { before: w.before, count: counts(read(w.before, w.known)).total }));
  said.push(...warnings(w, strings));
  const [a, b, V] = [w.row, w.column, w.covariance];
  const common = w.shared(a, b);
  const cor = V[a][b] ? V[a][b] / Math.sqrt(V[a][a] * V[b][b]) : 0;
  const key = a === b ? "pair_self" : common.length ? "pair_same" : "pair_none";
  said.push(fill(strings[key], { r: a + 1, s: b + 1, groups: common.join(", "), cov: fixed(V[a][b], w.digits),
    cor: fixed(cor, 2), sd: fixed(Math.sqrt(V[a][a]), w.digits) }));
  return said.join(strings.space);
};
