// Graphics made from numbers: faces, probability bars and track covers.

export const EMOTIONS = ["happy", "surprise", "neutral", "sad", "fear", "disgust", "angry"];
export const ADJECTIVES = { surprise: "surprised", fear: "afraid", disgust: "disgusted" };
const SVG_NAMESPACE = "http://www.w3.org/2000/svg";
const SVG_ELEMENTS = ["svg", "path", "circle", "rect", "g", "line", "text"];

// A new HTML or SVG element. Attributes that start with "on" are event listeners.
export function element(name, attributes = {}, ...children) {
  const created = SVG_ELEMENTS.includes(name) ? document.createElementNS(SVG_NAMESPACE, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) created.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false) created.setAttribute(key, value === true ? "" : value);
  }
  created.append(...children);
  return created;
}

// A face for a point of the valence-arousal plane: valence bends the mouth, arousal opens the eyes
// and lifts the brows, the emotion tilts the brows and opens the mouth. "asleep" has closed eyes,
// "unsure" one raised brow and a wavy mouth.
export function drawFace(svg, valence, arousal, emotion = "neutral") {
  const corner = 64 - 8 * valence;
  const bend = 64 + 28 * valence;
  const eye = 5 + 2.2 * arousal;
  const brow = 29 - 4 * arousal;
  const tilt = { angry: 4, disgust: 3, sad: -4, fear: -5 }[emotion] ?? 0;
  const open = emotion === "surprise" || emotion === "fear";
  const mouth = emotion === "unsure" ? "M32 68Q41 60 50 67T68 66" : open ? "M43 68a7 9 0 1 0 14 0a7 9 0 1 0-14 0" : `M30 ${corner}Q50 ${bend} 70 ${corner}`;
  const raised = emotion === "unsure" ? 7 : 0;
  const skin = element("circle", { cx: 50, cy: 50, r: 46, class: "skin" });
  if (emotion === "asleep") {
    svg.replaceChildren(skin, element("path", { class: "line", d: "M26 46Q34 52 42 46M58 46Q66 52 74 46M43 68Q50 71 57 68" }));
    return;
  }
  svg.replaceChildren(
    skin,
    element("circle", { cx: 34, cy: 43, r: eye, class: "ink" }),
    element("circle", { cx: 66, cy: 43, r: eye, class: "ink" }),
    element("path", { class: "line", d: `M27 ${brow - tilt}L41 ${brow + tilt}M73 ${brow - tilt - raised}L59 ${brow + tilt - raised}` }),
    element("path", { class: "line", d: mouth }),
  );
}

// The point of the plane at which each sample face is drawn: valence, arousal.
const SAMPLE_POINTS = { happy: [0.9, 0.4], surprise: [0.3, 1.4], neutral: [0.05, 0], sad: [-0.8, -0.5], fear: [-0.5, 1], disgust: [-0.7, 0.2], angry: [-0.8, 0.7] };

export function drawSampleFaces(parent) {
  for (const [name, point] of Object.entries(SAMPLE_POINTS)) {
    const svg = element("svg", { viewBox: "0 0 100 100", class: `glyph ${name}` });
    drawFace(svg, ...point, name);
    parent.append(svg);
  }
}

// List items with the seven probabilities, the highest first.
export function probabilityBars(probabilities) {
  const ranked = EMOTIONS.map((name) => [name, probabilities[name]]).sort((a, b) => b[1] - a[1]);
  return ranked.map(([name, share]) => {
    const percent = (100 * share).toFixed(share < 0.0995 ? 1 : 0);
    const fill = element("span", { class: `fill ${name}` });
    fill.style.setProperty("--share", share);
    return element("li", {},
      element("span", { class: "name" }, name),
      element("span", { class: "rail", "aria-hidden": "true" }, fill),
      element("span", { class: "value" }, `${percent}%`));
  });
}

// A cover for a track. The hue is its direction on the plane, the strength its distance from the
// centre; a hash of the id varies both and the position of the rings.
export function trackCover({ id, valence, arousal }) {
  const hash = [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 997, 7);
  const hue = 85 - (Math.atan2(arousal, valence) * 180) / Math.PI + (hash % 61) - 30;
  const svg = element("svg", { viewBox: "0 0 48 48", class: "cover", "aria-hidden": "true" });
  svg.style.setProperty("--hue", hue);
  svg.style.setProperty("--strength", Math.min(1, Math.hypot(valence, arousal)));
  const cx = 8 + (hash * 7) % 33;
  const cy = 8 + (hash * 13) % 33;
  const rings = [27, 18, 10].map((r) => element("circle", { cx, cy, r: r - (hash % 4), class: "ring" }));
  svg.append(element("rect", { width: 48, height: 48, class: "ground" }), ...rings, element("circle", { cx, cy, r: 3.4, class: "dot" }));
  return svg;
}
