// A model in other notations: level by level, in one line, as code.
// The reference is Python: model_translator_panes.py.

import { constant, has, id, write } from "./model_translator_terms.js";

const [GROUP, EFFECT, SD, COR] = ["jkl", "uvw", "τωκ", "ρφψ"];
const later = (rows) => [...rows].sort((a, b) => Boolean(a.length) - Boolean(b.length));

// How a model is written: which coefficient β_k each row of its level-1 equation has, and what explains it.
const shapeOf = ({ fixed, varying }, known) => {
  const single = varying.length === 1;
  const index = single ? "ij" : "i";
  const place = single ? ["j"] : varying.map((_, f) => `${GROUP[f]}[i]`);
  const inside = (x) => varying.findIndex(([factor]) => constant(known.predictors[x], factor));
  const rows = [];
  const rowOf = (names) => {
    let row = rows.find((other) => id(other.names) === id(names));
    if (!row) rows.push((row = { names, above: [] }));
    return row;
  };
  for (const term of fixed) {
    const above = term.filter((x) => single && inside(x) === 0);
    rowOf(term.filter((x) => !above.includes(x))).above.push(above);
  }
  for (const [, blocks] of varying) blocks.flat().forEach(rowOf);
  rows.filter((row) => row.names.length).forEach((row, k) => (row.number = k + 1));
  for (const row of rows) {
    row.number ??= 0;
    const found = row.above.filter((above) => above.length);
    row.gammas = [...(has(row.above, []) ? [[`γ_${row.number}0`, []]] : []),
      ...found.map((above, k) => [`γ_${row.number}${k + 1}`, above])];
    row.effects = varying.flatMap(([, blocks], f) =>
      (has(blocks.flat(), row.names) ? [`${EFFECT[f]}_${row.number}${place[f]}`] : []));
  }
  const name = (x) => `${x}_${inside(x) < 0 ? index : place[inside(x)]}`;
  return { single, index, place, rows: later(rows.map((row) => row.names)).map(rowOf), number: (names) => rowOf(names).number,
    times: (symbol, term) => [symbol, ...term.map(name)].join(" ") };
};

// All parameters in order: { symbol, kind, about, factor, key }.
const parametersOf = (model, known, shape) => {
  const sorted = (term) => [...term].sort().join(":");
  const symbols = {};
  for (const { names, gammas } of shape.rows) for (const [gamma, above] of gammas) symbols[sorted([...names, ...above])] = gamma;
  const found = model.fixed.map((term) => (
    { symbol: symbols[sorted(term)], kind: ["mean", "slope", "cross"][Math.min(2, term.length)], about: [term], factor: "" }));
  model.varying.forEach(([factor, blocks], f) => blocks.forEach((block) => block.forEach((column, i) => {
    const k = shape.number(column);
    found.push({ symbol: `${SD[f]}_${k}`, kind: "sd", about: [column], factor, size: block.length });
    for (const other of block.slice(0, i))
      found.push({ symbol: `${COR[f]}_${shape.number(other)}${k}`, kind: "cor", about: [other, column], factor,
        size: block.length });
  })));
  found.push({ symbol: "σ", kind: "sigma", about: [], factor: "" });
  for (const one of found)
    one.key = one.factor ? [one.factor, ...one.about.map((term) => id(term) || "1")].join(" ") : one.kind;
  return found;
};

const levels = (known, shape) => {
  const at = shape.index.at(-1);
  const beta = (row) => `β_${row.number}${shape.single || row.effects.length ? at : ""}`;
  const first = [...shape.rows.map((row) => shape.times(beta(row), row.names)), `e_${shape.index}`].join(" + ");
  return [`${known.y}_${shape.index} = ${first}`, ...shape.rows.map((row) =>
    `${beta(row)} = ` + [...row.gammas.map((pair) => shape.times(...pair)), ...row.effects].join(" + "))];
};

const composite = (known, shape) => {
  const fixed = shape.rows.flatMap((row) => row.gammas.map(([gamma, above]) => shape.times(gamma, [...above, ...row.names])));
  const effects = shape.rows.flatMap((row) => row.effects.map((effect) => [effect, row.names]));
  effects.sort((a, b) => EFFECT.indexOf(a[0][0]) - EFFECT.indexOf(b[0][0]));
  const all = [...fixed, ...effects.map((pair) => shape.times(...pair)), `e_${shape.index}`];
  return [`${known.y}_${shape.index} = ` + all.join(" + ")];
};

const distributions = (model, shape) => {
  const lines = model.varying.flatMap(([, blocks], f) => blocks.flatMap((block) => {
    const ks = block.map(shape.number);
    const names = ks.map((k) => `${EFFECT[f]}_${k}${shape.place[f]}`);
    if (ks.length === 1) return [`${names[0]} ∼ N ( 0 , ${SD[f]}_${ks[0]}^2 )`];
    return [`( ${names.join(" , ")} ) ∼ N ( 0 , Σ_${EFFECT[f]} )`, ...ks.flatMap((k, i) => [
      `Var ( ${names[i]} ) = ${SD[f]}_${k}^2`,
      ...ks.slice(0, i).map((g, n) => `Cov ( ${names[n]} , ${names[i]} ) = ${COR[f]}_${g}${k} ${SD[f]}_${g} ${SD[f]}_${k}`)])];
  }));
  return [...lines, `e_${shape.index} ∼ N ( 0 , σ^2 )`];
};

const statsmodels = (model, plain, correlated) => {
  const start = `smf.mixedlm("${plain}", data, `;
  const [[factor, [block, ...rest]], ...others] = model.varying;
  if (!others.length && !factor.includes(":") && rest.every((one) => one.length === 1 && one[0].length)) {
    const first = [has(block, []) ? "1" : "0", ...block.filter((column) => column.length)].join(" + ");
    const more = rest.map(([[x]]) => `"${x}": "0 + ${x}"`).join(", ");
    return [`${start}groups="${factor}", re_formula="${first}"` + (more ? `, vc_formula={${more}}` : "") + ")"];
  }
  if (correlated) return ["statsmodels_note"];
  const terms = model.varying.flatMap(([name, blocks]) => {
    const groups = "0 + " + name.split(":").map((one) => `C(${one})`).join(":");
    return blocks.map(([column]) => `"${[name, ...column].join(":")}": "${[groups, ...column].join(":")}"`);
  });
  return [`${start}groups=np.ones(len(data)), vc_formula={${terms.join(", ")}})`];
};

const codes = (model, known) => {
  const formula = write(model, known.y);
  const plain = write({ ...model, varying: [] }, known.y);
  const correlated = model.varying.some(([, blocks]) => blocks.some((block) => block.length > 1));
  const bars = model.varying.flatMap(([factor, blocks]) =>
    blocks.flat().map(([x]) => `(${x ? "0 + " + x : "1"} | ${factor})`));
  return { hlm_teach: [`lmm("${formula}", data)`], lme4: [`lmer(${formula}, data = data)`],
    statsmodels: statsmodels(model, plain, correlated),
    bambi: [`bmb.Model("${[plain, ...bars].join(" + ")}", data)`, ...(correlated ? ["bambi_note"] : [])] };
};

export const panes = (model, known, strings) => {
  const shape = shapeOf(model, known);
  const parameters = parametersOf(model, known, shape);
  const code = codes(model, known);
  for (const name in code) code[name] = code[name].map((line) => strings[line] ?? line);
  return { parameters, levels: levels(known, shape), composite: composite(known, shape),
    distributions: distributions(model, shape), code };
};
