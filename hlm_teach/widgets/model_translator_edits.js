// What can be ticked in a model, and the model that comes of it. The reference is Python: model_translator_formula.py.

import { has, id } from "./model_translator_terms.js";

const blocksOf = (model, factor) => model.varying.find(([name]) => name === factor)?.[1] ?? [];

export const holds = (model, [kind, what, column]) => {
  if (kind === "fixed") return has(model.fixed, what);
  const blocks = blocksOf(model, what);
  return kind === "together" ? blocks.some((block) => block.length > 1) : has(blocks.flat(), column);
};

export const toggle = (model, part) => {
  const [kind, what, column] = part;
  if (kind === "fixed") {
    if (!has(model.fixed, what)) return { ...model, fixed: [...model.fixed, what].sort((a, b) => a.length - b.length) };
    return { ...model, fixed: model.fixed.filter((term) => id(term) !== id(what)) };
  }
  let blocks = blocksOf(model, what);
  const columns = blocks.flat();
  if (kind === "together") blocks = blocks.length > 1 ? [columns] : columns.map((one) => [one]);
  else if (has(columns, column))
    blocks = blocks.map((block) => block.filter((one) => id(one) !== id(column))).filter((block) => block.length);
  else if (blocks.length === 1) blocks = [[...columns, column].sort((a, b) => a.length - b.length)];
  else blocks = [...blocks, [column]].sort((a, b) => a[0].length - b[0].length);
  const varying = model.varying.map(([name, found]) => [name, name === what ? blocks : found]);
  if (!columns.length) varying.push([what, blocks]);
  return { ...model, varying: varying.filter(([, found]) => found.length) };
};
