// The frame of a widget: traits in, picture and sentence out. Views are made for the widths of their panels, then only moved.

import { button, options } from "./controls.js";
import { h } from "./dom.js";

// gate is that of gate.js; look(get) gives all numbers of a state, sentence(w, strings) says it.
// `put` changes traits and draws once.
export const stage = (model, el, gate, look, sentence) => {
  const strings = model.get("strings");
  const asked = gate(model, strings, { button, options });
  const status = h("p", { role: "status" });
  const state = () => look((name) => model.get(name));
  const me = { strings, w: state() };
  let busy, later, saving, built, parts;
  let [room, views] = [[], []];
  const widths = () => parts.panels.map((panel) => panel.clientWidth);
  const draw = () => {
    if (busy) return;
    const w = (me.w = state());
    asked.draw();
    parts.open.hidden = !w.committed;
    if (w.committed) {
      if (!room[0]) room = widths();
      if (room[0] && built !== String(room)) {
        built = String(room);
        views = parts.make(room, w);
        views.forEach((view, i) => parts.panels[i].replaceChildren(view.node));
      }
      for (const view of views) view.draw(w);
      parts.show(w);
    }
    clearTimeout(later);
    later = setTimeout(() => (status.textContent = sentence(w, strings)), status.textContent ? 120 : 0);
  };
  const save = () => {
    saving = false;
    model.save_changes();
  };
  me.put = (changes) => {
    busy = true;
    for (const name in changes) model.set(name, changes[name]);
    busy = false;
    draw();
    // The kernel hears of it when the picture is painted, once a frame.
    saving ||= requestAnimationFrame(() => setTimeout(save));
  };
  // { open, panels, make(widths, w), show(w) }: what opens with the bet, where the views stand, and what moves the controls.
  me.begin = (given) => {
    parts = given;
    el.append(h("div", { class: "hlm" }, asked.node, parts.open, status));
    model.on("change", draw);
    const watch = new ResizeObserver(() => {
      const now = widths();
      if (`${now}` === `${room}`) return;
      room = now;
      draw();
    });
    for (const panel of parts.panels) watch.observe(panel);
    draw();
    return () => {
      watch.disconnect();
      model.off("change", draw);
    };
  };
  return me;
};
