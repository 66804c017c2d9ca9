// What the traits become when another question closes the gate; nothing where nothing was asked before.

export const askAgain = (model, question) =>
  model.get("question").text ? { question, choice: -1, confidence: 0, committed: false } : {};
