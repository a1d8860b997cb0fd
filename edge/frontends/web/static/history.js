// The history of the last hour as a chart: time from left to right, valence from bottom to top.

import { drawFace, element } from "./draw.js";

const HOUR = 3600;
const MARGIN = 8;
const TOP = 26;
const AXIS_HEIGHT = 44;
const NARROW_WIDTH = 480;
const BAR_HEIGHT = 14;
const MIN_BAR_WIDTH = 4;
const FACE_SIZE = 30;

// Mood and presence events as segments of one mood each: {from, to, emotion, valence, arousal}.
// emotion is null when unsure. There is no segment while nobody is in view.
function moodSegments(events, now) {
  const segments = [];
  const endLast = (time) => {
    const last = segments.at(-1);
    if (last && last.to === null) last.to = time;
  };
  for (const event of events) {
    endLast(event.time);
    if (event.event === "mood") segments.push({ ...event, from: Math.max(event.time, now - HOUR), to: null });
  }
  endLast(now);
  return segments.filter((segment) => segment.to > now - HOUR);
}

// Draws the chart and returns [emotion, seconds] of each mood, the longest first.
export function drawHistory(svg, events, now) {
  const { clientWidth: width, clientHeight: height } = svg;
  const segments = moodSegments(events, now);
  const x = (time) => MARGIN + (width - 2 * MARGIN) * (1 - (now - time) / HOUR);
  const y = (valence) => TOP + ((height - AXIS_HEIGHT - TOP) * (1 - valence)) / 2;
  const parts = [1, 0.5, 0, -0.5, -1].map((valence) =>
    element("line", { x1: MARGIN, x2: width - MARGIN, y1: y(valence), y2: y(valence), class: "grid-line" }));
  for (const minutes of width < NARROW_WIDTH ? [60, 30, 0] : [60, 45, 30, 15, 0]) {
    const [anchor, label] = { 60: ["start", "an hour ago"], 0: ["end", "now"] }[minutes] ?? ["middle", `${minutes} min`];
    parts.push(element("text", { x: x(now - 60 * minutes), y: height - MARGIN, "text-anchor": anchor }, label));
  }
  segments.forEach((segment, index) => {
    const previous = segments[index - 1];
    const [from, to, level] = [x(segment.from), x(segment.to), y(segment.valence)];
    if (previous && segment.from - previous.to < 1) parts.push(element("line", { x1: from, x2: from, y1: y(previous.valence), y2: level, class: "transition" }));
    parts.push(element("rect", { x: from, y: level - BAR_HEIGHT / 2, width: Math.max(MIN_BAR_WIDTH, to - from), height: BAR_HEIGHT, rx: BAR_HEIGHT / 2, class: `segment ${segment.emotion ?? "unsure"}` }));
  });
  parts.push(...segmentFaces(segments, x, y));
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren(...parts);
  return secondsByMood(segments);
}

// A face at the start of each segment, and at the end of the current one, unless two would overlap.
function segmentFaces(segments, x, y) {
  const drawn = [];
  let right = Infinity;
  for (const segment of [...segments].reverse()) {
    const centre = segment === segments.at(-1) ? x(segment.to) - FACE_SIZE / 2 : x(segment.from) + FACE_SIZE / 2;
    if (segment.emotion === null || centre + FACE_SIZE / 2 > right) continue;
    right = centre - FACE_SIZE / 2;
    const face = element("svg", { viewBox: "0 0 100 100", x: right, y: y(segment.valence) - FACE_SIZE / 2, width: FACE_SIZE, height: FACE_SIZE, class: `glyph ${segment.emotion}` });
    drawFace(face, segment.valence, segment.arousal, segment.emotion);
    drawn.push(face);
  }
  return drawn;
}

function secondsByMood(segments) {
  const seconds = {};
  for (const { from, to, emotion } of segments) seconds[emotion ?? "unsure"] = (seconds[emotion ?? "unsure"] ?? 0) + to - from;
  return Object.entries(seconds).sort((a, b) => b[1] - a[1]);
}

export const formatDuration = (seconds) =>
  seconds < 60 ? `${Math.round(seconds)} s` : seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
