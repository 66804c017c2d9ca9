// The second module of a widget that has two: live it comes as text in a trait, in a page it stands there already.

export const secondOf = async (model) => {
  const given = model.get("second");
  if (typeof given !== "string") return given;
  const address = URL.createObjectURL(new Blob([given], { type: "text/javascript" }));
  const found = await import(address);
  URL.revokeObjectURL(address);
  return found.default.second;
};
