// Everything that is drawn from numbers: faces, bars, the squares of tracks.

export const EMOTIONS = ["happy", "surprise", "neutral", "sad", "fear", "disgust", "angry"];
export const ADJECTIVE = { surprise: "surprised", fear: "afraid", disgust: "disgusted" };
const SVG = "http://www.w3.org/2000/svg";

export function make(name, attributes = {}, ...children) {
  const svg = ["svg", "path", "circle", "rect", "g", "line", "text"].includes(name);
  const element = svg ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

// A face for a point of the plane: the mouth is valence, the eyes are arousal; the brows are the
// emotion's own, and who is startled opens the mouth. Asleep is a room with nobody in it.
export function drawFace(svg, valence, arousal, emotion = "neutral") {
  const corner = 64 - 8 * valence;
  const bend = 64 + 28 * valence;
  const eye = 5 + 2.2 * arousal;
  const brow = 29 - 4 * arousal;
  const tilt = { angry: 4, disgust: 3, sad: -4, fear: -5 }[emotion] ?? 0;
  const open = emotion === "surprise" || emotion === "fear";
  const mouth = open ? "M43 68a7 9 0 1 0 14 0a7 9 0 1 0-14 0" : `M30 ${corner}Q50 ${bend} 70 ${corner}`;
  const skin = make("circle", { cx: 50, cy: 50, r: 46, class: "skin" });
  if (emotion === "asleep") {
    svg.replaceChildren(skin, make("path", { class: "line", d: "M26 46Q34 52 42 46M58 46Q66 52 74 46M43 68Q50 71 57 68" }));
    return;
  }
  svg.replaceChildren(
    skin,
    make("circle", { cx: 34, cy: 43, r: eye, class: "ink" }),
    make("circle", { cx: 66, cy: 43, r: eye, class: "ink" }),
    make("path", { class: "line", d: `M27 ${brow - tilt}L41 ${brow + tilt}M73 ${brow - tilt}L59 ${brow + tilt}` }),
    make("path", { class: "line", d: mouth }),
  );
}

// Where on the plane each of the seven is drawn.
const POINTS = { happy: [0.9, 0.4], surprise: [0.3, 1.4], neutral: [0.05, 0], sad: [-0.8, -0.5], fear: [-0.5, 1], disgust: [-0.7, 0.2], angry: [-0.8, 0.7] };

export function drawCrowd(place) {
  for (const [name, point] of Object.entries(POINTS)) {
    const svg = make("svg", { viewBox: "0 0 100 100", class: `glyph ${name}` });
    drawFace(svg, ...point, name);
    place.append(svg);
  }
}

// The seven probabilities, the likeliest first.
export function bars(probabilities) {
  const ranked = EMOTIONS.map((name) => [name, probabilities[name]]).sort((a, b) => b[1] - a[1]);
  return ranked.map(([name, share]) => {
    const percent = (100 * share).toFixed(share < 0.0995 ? 1 : 0);
    const fill = make("span", { class: `fill ${name}` });
    fill.style.setProperty("--share", share);
    return make("li", {},
      make("span", { class: "name" }, name),
      make("span", { class: "rail", "aria-hidden": "true" }, fill),
      make("span", { class: "value" }, `${percent} %`));
  });
}

// A square for a track: its hue is the direction on the plane, its strength the distance from the
// middle; the id turns both a little, so that no two look alike.
export function square({ id, valence, arousal }) {
  const seed = [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 997, 7);
  const hue = 85 - (Math.atan2(arousal, valence) * 180) / Math.PI + (seed % 61) - 30;
  const svg = make("svg", { viewBox: "0 0 48 48", class: "square", "aria-hidden": "true" });
  svg.style.setProperty("--hue", hue);
  svg.style.setProperty("--strength", Math.min(1, Math.hypot(valence, arousal)));
  const cx = 8 + (seed * 7) % 33;
  const cy = 8 + (seed * 13) % 33;
  const rings = [27, 18, 10].map((r) => make("circle", { cx, cy, r: r - (seed % 4), class: "ring" }));
  svg.append(make("rect", { width: 48, height: 48, class: "ground" }), ...rings, make("circle", { cx, cy, r: 3.4, class: "dot" }));
  return svg;
}
