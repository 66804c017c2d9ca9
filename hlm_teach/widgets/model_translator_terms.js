// A small language of models: write and change a model. The reference is Python: model_translator_formula.py.

export const id = (term) => term.join(":");
export const has = (terms, term) => terms.some((other) => id(other) === id(term));

export const constant = (levels, factor) => {
  const inside = factor.split(":");
  return levels.some((level) => level.split(":").every((name) => inside.includes(name)));
};

const sum = (list) => [has(list, []) ? "1" : "0", ...list.filter((term) => term.length).map(id)].join(" + ");

export const write = ({ fixed, varying }, y) => {
  const bars = varying.flatMap(([factor, blocks]) =>
    blocks.length > 1 && blocks.every((block) => block.length === 1) && !blocks[0][0].length
      ? [`(${sum(blocks.flat())} || ${factor})`] : blocks.map((block) => `(${sum(block)} | ${factor})`));
  return `${y} ~ ` + [sum(fixed), ...bars].join(" + ");
};
