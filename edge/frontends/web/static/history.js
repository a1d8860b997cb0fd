// The history of the last hour as a chart: time from left to right, valence from bottom to top.

import { drawFace, element } from "./draw.js";
import { timeText } from "./live-state.js";

export const HOUR = 3600;
const SHORTEST_SPAN = 10;
// The seconds between two labels of the axis; the first of which not too many fit the span.
const STEPS = [60, 300, 600, 900];
const MAX_STEPS = 6;
const LABEL_WIDTH = 70;
const LEVELS = [[1, "pleasant"], [0, "neutral"], [-1, "unpleasant"]];
const MARGIN = 8;
const TOP = 26;
const AXIS_HEIGHT = 44;
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

// Draws the chart from the first event on, an hour at most. Returns {span, times}: its length in
// seconds, and [emotion, seconds] of each mood, the longest first.
export function drawHistory(svg, events, now) {
  const { clientWidth: width, clientHeight: height } = svg;
  const segments = moodSegments(events, now);
  const span = Math.min(HOUR, Math.max(SHORTEST_SPAN, now - (events[0]?.time ?? now)));
  const x = (time) => MARGIN + (width - 2 * MARGIN) * (1 - (now - time) / span);
  const y = (valence) => TOP + ((height - AXIS_HEIGHT - TOP) * (1 - valence)) / 2;
  const parts = [1, 0.5, 0, -0.5, -1].map((valence) =>
    element("line", { x1: MARGIN, x2: width - MARGIN, y1: y(valence), y2: y(valence), class: "grid-line" }));
  for (const [valence, name] of LEVELS) parts.push(element("text", { x: MARGIN, y: y(valence) - 4 }, name));
  parts.push(...timeLabels(now - span, now, x, height - MARGIN));
  segments.forEach((segment, index) => {
    const previous = segments[index - 1];
    const [from, to, level] = [x(segment.from), x(segment.to), y(segment.valence)];
    if (previous && segment.from - previous.to < 1) parts.push(element("line", { x1: from, x2: from, y1: y(previous.valence), y2: level, class: "transition" }));
    parts.push(element("rect", { x: from, y: level - BAR_HEIGHT / 2, width: Math.max(MIN_BAR_WIDTH, to - from), height: BAR_HEIGHT, rx: BAR_HEIGHT / 2, class: `segment ${segment.emotion ?? "unsure"}` }));
  });
  parts.push(...segmentFaces(segments, x, y));
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren(...parts);
  return { span, times: secondsByMood(segments) };
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
