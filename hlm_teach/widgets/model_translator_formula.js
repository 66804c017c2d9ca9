// A small language of models: read a formula. The reference is Python: model_translator_formula.py.
// A model is { fixed: [term, …], varying: [[factor, [[column, …], …]], …] }; a term is a list of names, [] the intercept.

import { constant, has, id } from "./model_translator_terms.js";

const MOST = 3;
const NAME = /^[\p{L}_][\p{L}\p{N}_.]*$/u;
const refuse = (key, values = {}) => {
  throw Object.assign(new Error(key), { key: `bad_${key}`, values });
};

// The lists of size k out of a list, in order.
const choose = (list, k) =>
  k ? list.flatMap((first, i) => choose(list.slice(i + 1), k - 1).map((rest) => [first, ...rest])) : [[]];

const split = (text) => {
  const found = [];
  let [sign, begin, depth] = ["+", 0, 0];
  [...text, "+"].forEach((char, i, all) => {
    depth += (char === "(") - (char === ")");
    if (depth < 0 || (depth && i === all.length - 1)) refuse("pairs", { text });
    if (depth || (char !== "+" && char !== "-")) return;
    found.push([sign, all.slice(begin, i).join("").trim()]);
    [sign, begin] = [char, i + 1];
  });
  if (found.slice(1).some(([, term]) => !term) || !found.at(-1)[1]) refuse("empty", { text });
  return found[0][1] ? found : found.slice(1);
};

const product = (text, known) => {
  const pieces = text.split("*").map((piece) => piece.split(":").map((name) => name.trim()));
  const order = Object.keys(known.predictors);
  for (const name of pieces.flat()) {
    if (known.factors.includes(name)) refuse("factor", { name });
    if (!NAME.test(name)) refuse("term", { text });
    if (!order.includes(name)) refuse("name", { name, names: order.join(", ") });
  }
  const found = [];
  pieces.forEach((_, k) => choose(pieces, k + 1).forEach((chosen) => {
    const term = [...new Set(chosen.flat())].sort((a, b) => order.indexOf(a) - order.indexOf(b));
    if (!has(found, term)) found.push(term);
  }));
  return found;
};

const terms = (signed, known) => {
  const found = [];
  let intercept = true;
  for (const [sign, text] of signed) {
    if (text === "0" || text === "1") intercept = (sign === "+") === (text === "1");
    else if (sign === "-") refuse("minus", { text });
    else for (const term of product(text, known)) if (!has(found, term)) found.push(term);
  }
  return [...(intercept ? [[]] : []), ...found].sort((a, b) => a.length - b.length);
};

const bar = (text, known) => {
  const sides = text.split(/\|\|?/).map((side) => side.trim());
  const half = { text: text.trim(), group: known.factors[0] };
  if (sides.length > 2)
    refuse("two_bars", { text: text.trim(), what: sides.slice(0, -1).filter(Boolean).join(" + "), group: sides.at(-1) });
  if (!sides[0] || !sides[1]) refuse("half", half);
  const columns = terms(split(sides[0]), known);
  if (columns.some((column) => column.length > 1)) refuse("product", { text: sides[0] });
  if (!columns.length) refuse("half", half);
  const names = sides[1].split("/").map((name) => name.trim());
  const factors = names.map((_, i) => names.slice(0, i + 1).join(":").replaceAll(" ", ""));
  for (const factor of factors)
    if (!known.factors.includes(factor) && !factor.split(":").every((name) => known.factors.includes(name)))
      refuse("group", { name: sides[1], names: known.factors.join(", ") });
  const blocks = text.includes("||") ? columns.map((column) => [column]) : [columns];
  return factors.map((factor) => [factor, blocks]);
};

export const read = (formula, known) => {
  const sides = formula.split("~").map((side) => side.trim());
  if (sides.length !== 2) refuse("tilde", { formula: formula.trim(), y: known.y });
  if (sides[0] !== known.y) refuse("response", { found: sides[0] || "…", y: known.y });
  const [bars, plain] = [[], []];
  for (const [sign, text] of split(sides[1])) {
    if (sign === "+" && text.startsWith("(") && text.endsWith(")") && text.includes("|")) bars.push(text.slice(1, -1));
    else if (text.includes("|")) refuse("outside", { text });
    else plain.push([sign, text]);
  }
  const fixed = terms(plain, known);
  const varying = [];
  for (const [factor, blocks] of bars.flatMap((text) => bar(text, known))) {
    let mine = varying.find(([name]) => name === factor);
    if (!mine) varying.push((mine = [factor, []]));
    for (const block of blocks) {
      if (block.length > MOST) refuse("many", { most: MOST });
      for (const column of block) {
        const [name, group] = [id(column) || "1", factor];
        if (has(mine[1].flat(), column)) refuse("twice", { name, group });
        if (column.length && constant(known.predictors[name], factor)) refuse("constant", { name, group });
      }
      mine[1].push(block);
    }
  }
  if (!varying.length) refuse("no_bar", { group: known.factors[0] });
  if (varying.length > MOST) refuse("many", { most: MOST });
  return { fixed, varying };
};

export const counts = ({ fixed, varying }) => {
  const sizes = varying.flatMap(([, blocks]) => blocks.map((block) => block.length));
  const [sds, cors] = [sizes.reduce((a, n) => a + n, 0), sizes.reduce((a, n) => a + (n * (n - 1)) / 2, 0)];
  return { fixed: fixed.length, sds, cors, total: fixed.length + sds + cors + 1 };
};
