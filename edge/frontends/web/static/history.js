// The last hour as a melody: a staff whose upper lines are pleasant, a note for each mood.

import { drawFace, make } from "./draw.js";

const HOUR = 3600;
const TOP = 26;
const BELOW = 44;
const NARROW = 480;
const THICK = 14;
const FACE = 30;

// Events of an hour to stretches of one mood each: {from, to, emotion, valence, arousal}; emotion is
// null when unsure. Where nobody was there is no stretch.
function stretches(events, now) {
  const found = [];
  const end = (time) => {
    const last = found.at(-1);
    if (last && last.to === null) last.to = time;
  };
  for (const event of events) {
    end(event.time);
    if (event.event === "mood") found.push({ ...event, from: Math.max(event.time, now - HOUR), to: null });
  }
  end(now);
  return found.filter((stretch) => stretch.to > now - HOUR);
}

// Draws it `width` pixels wide, and answers how long each mood was there, the longest first.
export function drawCourse(svg, events, now) {
  const { clientWidth: width, clientHeight: height } = svg;
  const notes = stretches(events, now);
  const x = (time) => 8 + (width - 16) * (1 - (now - time) / HOUR);
  const y = (valence) => TOP + ((height - BELOW - TOP) * (1 - valence)) / 2;
  const parts = [1, 0.5, 0, -0.5, -1].map((line) =>
    make("line", { x1: 8, x2: width - 8, y1: y(line), y2: y(line), class: "staff" }));
  for (const minutes of width < NARROW ? [60, 30, 0] : [60, 45, 30, 15, 0]) {
    const [anchor, words] = { 60: ["start", "an hour ago"], 0: ["end", "now"] }[minutes] ?? ["middle", `${minutes} min`];
    parts.push(make("text", { x: x(now - 60 * minutes), y: height - 8, "text-anchor": anchor }, words));
  }
  notes.forEach((note, number) => {
    const before = notes[number - 1];
    const [from, to, level] = [x(note.from), x(note.to), y(note.valence)];
    if (before && note.from - before.to < 1) parts.push(make("line", { x1: from, x2: from, y1: y(before.valence), y2: level, class: "slur" }));
    parts.push(make("rect", { x: from, y: level - THICK / 2, width: Math.max(4, to - from), height: THICK, rx: THICK / 2, class: `tone ${note.emotion ?? "unsure"}` }));
  });
  parts.push(...faces(notes, x, y));
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren(...parts);
  return shares(notes);
}

// A face where a note begins, unless another is in its way; the one that sounds now has it at its end.
function faces(notes, x, y) {
  const drawn = [];
  let free = Infinity;
  for (const note of [...notes].reverse()) {
    const at = note === notes.at(-1) ? x(note.to) - FACE / 2 : x(note.from) + FACE / 2;
    if (note.emotion === null || at + FACE / 2 > free) continue;
    free = at - FACE / 2;
    const face = make("svg", { viewBox: "0 0 100 100", x: free, y: y(note.valence) - FACE / 2, width: FACE, height: FACE, class: `glyph ${note.emotion}` });
    drawFace(face, note.valence, note.arousal, note.emotion);
    drawn.push(face);
  }
  return drawn;
}

function shares(notes) {
  const seconds = {};
  for (const { from, to, emotion } of notes) seconds[emotion ?? "unsure"] = (seconds[emotion ?? "unsure"] ?? 0) + to - from;
  return Object.entries(seconds).sort((a, b) => b[1] - a[1]);
}

export const lasting = (seconds) =>
  seconds < 60 ? `${Math.round(seconds)} s` : seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
