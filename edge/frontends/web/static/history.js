// The history of the last hour as a chart with two panels: how pleasant and how lively the moods
// were. Time runs from left to right.

import { drawFace, element } from "./draw.js";
import { timeText } from "./live-state.js";

export const HOUR = 3600;
const SHORTEST_SPAN = 1;
// The seconds between two labels of the axis; the first of which not too many fit the span.
const STEPS = [60, 300, 600, 900];
const MAX_STEPS = 6;
const LABEL_WIDTH = 70;
// The lines of each panel, at 1, 0 and -1 of its value.
const PANELS = { valence: ["pleasant", "neutral", "unpleasant"], arousal: ["lively", "balanced", "calm"] };
const LEFT = 76;
const RIGHT = 8;
const PANEL_MARGIN = 24;
const AXIS_HEIGHT = 26;
const BAR_HEIGHT = 12;
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

// Draws the chart from the first event on, an hour at most. Returns {span, times}: its length in
// seconds, and [emotion, seconds] of each mood, the longest first.
export function drawHistory(svg, events, now) {
  const { clientWidth: width, clientHeight: height } = svg;
  const segments = moodSegments(events, now);
  const span = Math.min(HOUR, Math.max(SHORTEST_SPAN, now - (events[0]?.time ?? now)));
  const x = (time) => LEFT + (width - LEFT - RIGHT) * (1 - (now - time) / span);
  const panelHeight = (height - AXIS_HEIGHT) / 2;
  const parts = Object.entries(PANELS).flatMap(([name, labels], index) => {
    const y = (value) => panelHeight * (index + 0.5) - (panelHeight / 2 - PANEL_MARGIN) * value;
    return [...levelLines(labels, y, width), ...segmentBars(segments, name, x, y), ...(index === 0 ? segmentFaces(segments, x, y) : [])];
  });
  if (events.length) parts.push(...timeLabels(now - span, now, x, height - RIGHT));
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren(...parts);
  return { span, times: secondsByMood(segments) };
}

const levelLines = (labels, y, width) => labels.flatMap((label, index) => [
  element("line", { x1: LEFT, x2: width - RIGHT, y1: y(1 - index), y2: y(1 - index), class: "grid-line" }),
  element("text", { x: LEFT - 8, y: y(1 - index) + 4, "text-anchor": "end" }, label),
]);

function segmentBars(segments, name, x, y) {
  return segments.flatMap((segment, index) => {
    const previous = segments[index - 1];
    const [to, level] = [x(segment.to), y(segment[name])];
    const from = Math.min(x(segment.from), to - MIN_BAR_WIDTH);
    const bar = element("rect", { x: from, y: level - BAR_HEIGHT / 2, width: to - from, height: BAR_HEIGHT, rx: BAR_HEIGHT / 2, class: `segment ${segment.emotion ?? "unsure"}` });
    const isNext = previous && segment.from - previous.to < 1;
    return isNext ? [element("line", { x1: from, x2: from, y1: y(previous[name]), y2: level, class: "transition" }), bar] : [bar];
  });
}

// The first time, "now", and round times between them where there is room.
function timeLabels(start, now, x, y) {
  const label = (time, anchor, text) => element("text", { x: x(time), y, "text-anchor": anchor }, text);
  const step = STEPS.find((seconds) => (now - start) / seconds <= MAX_STEPS) ?? STEPS.at(-1);
  const labels = [label(start, "start", timeText(start)), label(now, "end", "now")];
  let left = x(start) + LABEL_WIDTH;
  for (let time = step * Math.ceil(start / step); x(time) < x(now) - LABEL_WIDTH; time += step) {
    if (x(time) < left + LABEL_WIDTH / 2) continue;
    labels.push(label(time, "middle", timeText(time)));
    left = x(time) + LABEL_WIDTH / 2;
  }
  return labels;
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
