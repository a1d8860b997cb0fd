// The room at a glance, as the daemon tells it: server-sent events, taken up again by themselves.

import { tell } from "./api.js";
import { drawCourse, lasting } from "./history.js";
import { ADJECTIVE, drawFace, make } from "./draw.js";
import { card, strategies } from "./tracks.js";

const $ = (id) => document.getElementById(id);
const HEARD = ["mood", "presence", "tracks", "playing"];
const AGAIN = 3000;
const REDRAW = 10000;

let source = null;
let again = null;
let redrawing = null;
let before = "";
let orders = 0;
let room = { daemon: null, why: "", temperature: null, history: [] };
let shown = { tracks: null, said: "" };

export function start(state) {
  $("room-strategies").append(...strategies(state.strategies));
  $("room-wishes").addEventListener("change", (event) => order({ command: "strategy", strategy: event.target.value }));
  $("pause").addEventListener("click", () => order({ command: room.daemon.paused ? "resume" : "pause" }));
  $("next").addEventListener("click", () => order({ command: "next" }));
  addEventListener("resize", () => source && room.daemon && course());
}

export function listen() {
  if (source) return;
  before = document.body.dataset.emotion ?? "";
  connect();
  redrawing = setInterval(() => room.daemon && course(), REDRAW);
}

export function hush() {
  if (!source) return;
  clearTimeout(again);
  clearInterval(redrawing);
  source.close();
  source = null;
  tint(before);
}

function connect() {
  source = new EventSource("/api/events");
  source.addEventListener("status", (event) => {
    room = { history: room.history, ...JSON.parse(event.data) };
    draw();
  });
  source.addEventListener("history", (event) => {
    room.history = JSON.parse(event.data);
    if (room.daemon) course();
  });
  for (const kind of HEARD) source.addEventListener(kind, (event) => happened(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    room = { ...room, daemon: null, why: "The page’s own server does not answer." };
    draw();
    // The browser tries again by itself unless it was refused.
    if (source?.readyState === EventSource.CLOSED) again = setTimeout(connect, AGAIN);
  });
}

function happened(event) {
  if (!room.daemon) return;
  room.daemon[event.event] = event;
  if (event.event === "presence") room.daemon.mood = null;
  if (event.event === "mood" || event.event === "presence") room.history.push(event);
  draw();
}

function draw() {
  const { daemon } = room;
  $("room").hidden = !daemon;
  $("away").hidden = Boolean(daemon);
  if (!daemon) return sleep();
  const { mood } = daemon;
  const present = Boolean(daemon.presence?.present);
  const emotion = mood?.emotion ?? (present ? "neutral" : "asleep");
  $("room-mood").textContent = mood ? (mood.emotion ? `The room is ${ADJECTIVE[mood.emotion] ?? mood.emotion}.` : "Hard to say.")
    : present ? "Who is that?" : "Nobody is there.";
  $("room-why").textContent = mood ? `Since ${clock(mood.time)}: ${mood.why}` : present ? "Give me a moment to look." : "moodpi waits for a face.";
  drawFace($("room-face"), mood?.valence ?? 0, mood?.arousal ?? 0, emotion);
  drawFace($("mark"), mood?.valence ?? 0, mood?.arousal ?? 0, emotion);
  tint(mood?.emotion ?? "neutral");
  course();
  music(daemon);
  facts(daemon);
  say($("room-mood").textContent);
}

function sleep() {
  drawFace($("away-face"), 0, 0, "asleep");
  $("away-title").textContent = "moodpi is asleep";
  $("away-why").textContent = `${room.why} This page looks again by itself.`;
  tint("neutral");
  say($("away-title").textContent);
}

function course() {
  const found = drawCourse($("course"), room.history, Math.max(room.daemon.time, room.history.at(-1)?.time ?? 0));
  const words = found.map(([name, seconds]) => [ADJECTIVE[name] ?? name, lasting(seconds)]);
  $("course").setAttribute("aria-label", `The moods of the last hour: ${words.map((pair) => pair.join(" ")).join(", ") || "none yet"}`);
  $("shares").replaceChildren(...found.map(([name], number) =>
    make("li", { class: name }, words[number][0], make("span", {}, ` ${words[number][1]}`))));
}

function music(daemon) {
  const tracks = daemon.tracks?.tracks ?? [];
  if (daemon.tracks?.time !== shown.tracks) {
    shown.tracks = daemon.tracks?.time;
    $("room-tracks").replaceChildren(...tracks.map((track, number) => card(track, number, say)));
  }
  const playing = daemon.playing?.track?.id;
  tracks.forEach((track, number) => $("room-tracks").children[number].classList.toggle("playing", track.id === playing));
  $("room-tracks-title").textContent = daemon.pause_reason ? daemon.pause_reason
    : tracks.length === 0 ? "No music yet" : playing ? "Playing" : tracks.length === 5 ? "Five songs for it" : `${tracks.length} songs for it`;
  $("pause").textContent = daemon.paused ? "Go on" : "Pause";
  $("next").disabled = !daemon.mood?.emotion;
  // What was on its way before an order is answered must not undo what was chosen.
  if (orders) return;
  for (const choice of $("room-wishes").elements.strategy) choice.checked = choice.value === daemon.strategy;
}

function facts(daemon) {
  const lines = [
    ["frames a second", daemon.frame_rate ?? "…"],
    ["temperature", room.temperature === null ? null : `${Math.round(room.temperature)} °C`],
    ["changes of mood", daemon.changes],
    ["awake", lasting(daemon.uptime)],
  ];
  $("facts").replaceChildren(...lines.filter(([, value]) => value !== null).map(([name, value]) =>
    make("div", {}, make("dt", {}, name), make("dd", {}, String(value)))));
}

async function order(command) {
  orders += 1;
  try {
    const { body } = await tell(command);
    if (room.daemon) room.daemon = { ...room.daemon, ...body };
  } catch (trouble) {
    shown.said = "";
    say(`${trouble.title}. ${trouble.message}`);
  }
  orders -= 1;
  if (source) draw();
}

function say(text) {
  if (text === shown.said) return;
  shown.said = text;
  $("room-said").textContent = text;
}

function tint(emotion) {
  document.body.dataset.emotion = emotion;
}

const clock = (time) => new Date(1000 * time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
