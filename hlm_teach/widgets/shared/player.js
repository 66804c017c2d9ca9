// Play and pause: a share from 0 to 1 over so many seconds. Whoever asks for less motion gets a few still states instead.

import { button } from "./controls.js";

export const player = (strings, { seconds, from, go, stills, rest }) => {
  let timer = 0;
  const stop = () => {
    if (!timer) return;
    clearTimeout(timer);
    timer = 0;
    node.textContent = strings.play;
    rest();
  };
  const start = () => {
    node.textContent = strings.pause;
    timer = 1;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return stepThrough(stills());
    const begin = performance.now() - from() * 1000 * seconds;
    const frame = () => {
      if (!timer) return;
      const share = Math.min(1, (performance.now() - begin) / 1000 / seconds);
      go(share);
      if (share < 1) requestAnimationFrame(frame);
      else stop();
    };
    frame();
  };
  const stepThrough = ([now, ...next]) => {
    now();
    timer = setTimeout(() => (next.length ? stepThrough(next) : stop()), 1500);
  };
  const node = button(strings.play, () => (timer ? stop() : start()));
  return { node, stop, on: () => timer > 0 };
};
