// The live view: the daemon's mood, history and tracks, updated by server-sent events.

import { sendCommand } from "./api.js";
import { ADJECTIVES, drawFace, element } from "./draw.js";
import { drawHistory, formatDuration } from "./history.js";
import { initRestingFace, renderRestingFace } from "./resting.js";
import { othersLabel, strategyOptions, listButtons, trackCard } from "./tracks.js";

const $ = (id) => document.getElementById(id);
const EVENTS = ["mood", "affect", "presence", "tracks", "playing"];
const RECONNECT_DELAY = 3000;
const REDRAW_INTERVAL = 10000;

let source = null;
let reconnectTimer = null;
let redrawTimer = null;
let previousTint = "";
let pendingCommands = 0;
let state = { daemon: null, why: "", temperature: null, history: [] };
let shownTracks = null;
let announced = "";

export function initLiveView({ strategies }) {
  $("live-strategies").append(...strategyOptions(strategies));
  $("live-options").addEventListener("change", (event) => send({ command: "strategy", strategy: event.target.value }));
  $("pause").addEventListener("click", () => send({ command: state.daemon.paused ? "resume" : "pause" }));
  $("next").addEventListener("click", () => send({ command: "next" }));
  initRestingFace(announce);
  addEventListener("resize", () => source && state.daemon && renderHistory());
}

export function openLiveView() {
  if (source) return;
  previousTint = document.body.dataset.emotion ?? "";
  connect();
  redrawTimer = setInterval(() => state.daemon && renderHistory(), REDRAW_INTERVAL);
}

export function closeLiveView() {
  if (!source) return;
  clearTimeout(reconnectTimer);
  clearInterval(redrawTimer);
  source.close();
  source = null;
  setTint(previousTint);
}

function connect() {
  source = new EventSource("api/events");
  source.addEventListener("status", (event) => {
    state = { history: state.history, ...JSON.parse(event.data) };
    render();
  });
  source.addEventListener("history", (event) => {
    state.history = JSON.parse(event.data);
    if (state.daemon) renderHistory();
  });
  for (const kind of EVENTS) source.addEventListener(kind, (event) => onEvent(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    state = { ...state, daemon: null, why: "The web server does not respond" };
    render();
    // The browser reconnects by itself, except after an error response.
    if (source?.readyState === EventSource.CLOSED) reconnectTimer = setTimeout(connect, RECONNECT_DELAY);
  });
}

function onEvent(event) {
  if (!state.daemon) return;
  if (event.event === "affect") state.daemon.mood = { ...state.daemon.mood, ...event, time: state.daemon.mood?.time };
  else state.daemon[event.event] = event;
  if (event.event === "presence") state.daemon.mood = null;
  if (event.event === "mood" || event.event === "presence") state.history.push(event);
  render();
}

function render() {
  const { daemon } = state;
  $("live-content").hidden = !daemon;
  $("offline").hidden = Boolean(daemon);
  if (!daemon) return renderOffline();
  const { mood } = daemon;
  const present = Boolean(daemon.presence?.present);
  const emotion = mood?.emotion ?? (present ? "neutral" : "asleep");
  $("live-mood").textContent = mood ? `Mood: ${mood.emotion ? ADJECTIVES[mood.emotion] ?? mood.emotion : "unsure"}`
    : present ? "Reading the mood" : "Nobody in view";
  $("live-why").textContent = mood ? `Since ${timeOfDay(mood.time)}, ${Math.round(100 * mood.belief)} % sure: ${mood.why}` : present ? "A face is in view." : "Waiting for a face.";
  drawFace($("live-face"), mood?.valence ?? 0, mood?.arousal ?? 0, emotion);
  drawFace($("logo"), mood?.valence ?? 0, mood?.arousal ?? 0, emotion);
  setTint(mood?.emotion ?? "neutral");
  renderHistory();
  renderTracks(daemon);
  renderRestingFace(daemon.resting_face);
  renderStats(daemon);
  announce($("live-mood").textContent);
}

function renderOffline() {
  drawFace($("offline-face"), 0, 0, "asleep");
  $("offline-title").textContent = "Not connected";
  $("offline-why").textContent = `${state.why}. This page reconnects automatically.`;
  setTint("neutral");
  announce($("offline-title").textContent);
}

function renderHistory() {
  const now = Math.max(state.daemon.time, state.history.at(-1)?.time ?? 0);
  const moods = drawHistory($("history"), state.history, now)
    .map(([emotion, seconds]) => [emotion, ADJECTIVES[emotion] ?? emotion, formatDuration(seconds)]);
  const summary = moods.map(([, name, duration]) => `${name} ${duration}`).join(", ");
  $("history").setAttribute("aria-label", `The moods of the last hour: ${summary || "none yet"}`);
  $("mood-times").replaceChildren(...moods.map(([emotion, name, duration]) =>
    element("li", { class: emotion }, name, element("span", {}, ` ${duration}`))));
}

function renderTracks(daemon) {
  const tracks = daemon.tracks?.tracks ?? [];
  if (daemon.tracks?.time !== shownTracks) {
    shownTracks = daemon.tracks?.time;
    $("live-tracks").replaceChildren(...tracks.map((track, index) => trackCard(track, index, announce)));
    $("live-list-buttons").replaceChildren(...(tracks.length ? listButtons(tracks, announce) : []));
    if (tracks.length) $("next").textContent = othersLabel(tracks.length);
  }
  const playing = daemon.playing?.track?.id;
  tracks.forEach((track, index) => $("live-tracks").children[index].classList.toggle("playing", track.id === playing));
  $("live-tracks-title").textContent = daemon.pause_reason || (tracks.length === 0 ? "No tracks yet" : playing ? "Playing" : "Tracks");
  $("pause").textContent = daemon.paused ? "Resume" : "Pause";
  $("next").disabled = !daemon.mood?.emotion;
  // A status sent before the response to a command must not undo the choice of a strategy.
  if (pendingCommands) return;
  for (const option of $("live-options").elements.strategy) option.checked = option.value === daemon.strategy;
}

function renderStats(daemon) {
  const stats = [
    ["frames per second", daemon.frame_rate ?? "…"],
    ["temperature", state.temperature === null ? null : `${Math.round(state.temperature)} °C`],
    ["mood changes", daemon.changes],
    ["uptime", formatDuration(daemon.uptime)],
    ["analysis of songs", daemon.song_analysis || null],
  ];
  $("stats").replaceChildren(...stats.filter(([, value]) => value !== null).map(([name, value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, String(value)))));
}

async function send(command) {
  pendingCommands += 1;
  try {
    const status = await sendCommand(command);
    if (state.daemon) state.daemon = { ...state.daemon, ...status };
  } catch (error) {
    announced = "";
    announce(`${error.title}. ${error.message}`);
  }
  pendingCommands -= 1;
  if (source) render();
}

function announce(text) {
  if (text === announced) return;
  announced = text;
  $("live-announcement").textContent = text;
}

function setTint(emotion) {
  document.body.dataset.emotion = emotion;
}

const timeOfDay = (time) => new Date(1000 * time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
