// The live view: the daemon's mood, history and tracks, updated by server-sent events.

import { ApiError, fetchStatus, sendCommand, sentence } from "./api.js";
import { drawFace, element } from "./draw.js";
import { drawHistory, formatDuration, HOUR } from "./history.js";
import { describeMood, describeSongs, isFilmTime, moodName } from "./live-state.js";
import { notices } from "./notices.js";
import { initRestingFace, renderRestingFace } from "./resting.js";
import { othersLabel, strategyOptions, listButtons, showVerdict, trackCard } from "./tracks.js";

const $ = (id) => document.getElementById(id);
const EVENTS = ["mood", "affect", "presence", "tracks", "playing"];
const RECONNECT_DELAY = 3000;
const REDRAW_INTERVAL = 5000;
// The status comes every second; without it, the connection is lost, which a browser may not notice.
const LONGEST_SILENCE = 10000;

let source = null;
let reconnectTimer = null;
let redrawTimer = null;
let lastStatus = 0;
let previousTint = "";
let pendingCommands = 0;
let state = { daemon: null, why: "", code: "", temperature: null, history: [] };
let shownTracks = null;
let announced = "";
const notice = notices("live-announcement", "live-refusal");

export function initLiveView({ strategies, defaults }) {
  $("next").textContent = othersLabel(defaults.count);
  $("live-strategies").append(...strategyOptions(strategies));
  $("live-options").addEventListener("change", (event) => send({ command: "strategy", strategy: event.target.value }));
  $("pause").addEventListener("click", () => send({ command: state.daemon.paused ? "resume" : "pause" }));
  $("next").addEventListener("click", () => send({ command: "next" }));
  // Until the next status, which has it too.
  $("live-tracks").addEventListener("verdict", ({ detail }) => state.daemon && (state.daemon.ratings[detail.id] = detail.verdict));
  initRestingFace(announce);
  addEventListener("resize", () => source && state.daemon && renderHistory());
}

export function openLiveView() {
  if (source) return;
  previousTint = document.body.dataset.emotion ?? "";
  connect();
  redrawTimer = setInterval(redraw, REDRAW_INTERVAL);
}

function redraw() {
  if (!state.daemon) return;
  if (Date.now() - lastStatus < LONGEST_SILENCE) return renderHistory();
  source.close();
  showOffline(new ApiError("unreachable"));
  connect();
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
    lastStatus = Date.now();
    state = { history: state.history, ...JSON.parse(event.data) };
    render();
  });
  source.addEventListener("history", (event) => {
    state.history = JSON.parse(event.data);
    if (state.daemon) renderHistory();
  });
  for (const kind of EVENTS) source.addEventListener(kind, (event) => onEvent(JSON.parse(event.data)));
  source.addEventListener("error", async () => {
    // The browser reconnects by itself, except after an error response, which it does not show.
    if (source.readyState !== EventSource.CLOSED) return showOffline(new ApiError("unreachable"));
    reconnectTimer = setTimeout(connect, RECONNECT_DELAY);
    const error = await fetchStatus().then(() => new ApiError("busy"), (reason) => reason);
    if (source) showOffline(error);
  });
}

// Shows the ApiError `error` instead of the mood.
export function showOffline({ title, message, code }) {
  state = { ...state, daemon: null, title, why: code === "unreachable" ? "Or this device is not on its network" : message, code };
  render();
}

function onEvent(event) {
  if (!state.daemon) return;
  if (event.event === "affect") state.daemon.mood = { ...state.daemon.mood, ...event, time: state.daemon.mood?.time };
  else state.daemon[event.event] = event;
  if (event.event === "presence") {
    state.daemon.mood = null;
    if (!state.daemon.playing?.track) state.daemon.tracks = null;
  }
  if (event.event === "mood" || event.event === "presence") state.history.push(event);
  render();
}

function render() {
  const { daemon } = state;
  $("live-content").hidden = !daemon;
  $("offline").hidden = Boolean(daemon);
  if (!daemon) return renderOffline();
  const { mood } = daemon;
  const { face, title, why } = describeMood(daemon);
  $("live-mood").textContent = title;
  $("live-why").textContent = why;
  for (const id of ["live-face", "logo"]) drawFace($(id), mood?.valence ?? 0, mood?.arousal ?? 0, face);
  setTint(face);
  renderHistory();
  renderTracks(daemon);
  renderRestingFace(daemon.resting_face);
  renderStats(daemon);
  renderPreview(daemon.preview);
  announce(title);
}

function renderOffline() {
  for (const id of ["offline-face", "logo"]) drawFace($(id), 0, 0, "asleep");
  $("offline-title").textContent = ["not_running", "unreachable"].includes(state.code) ? "moodpi isn't running." : state.title ?? "Not connected";
  $("offline-why").textContent = `${state.code === "not_running" || !state.why ? "" : `${sentence(state.why)} `}This page reconnects automatically.`;
  setTint("asleep");
  announce($("offline-title").textContent);
}

function renderHistory() {
  const newest = state.history.at(-1)?.time;
  // The status has the time of day, also while the events have the time of a film.
  const now = newest === undefined || isFilmTime(newest) ? newest ?? state.daemon.time : Math.max(state.daemon.time, newest);
  const { span, times } = drawHistory($("history"), state.history, now);
  const moods = times.map(([emotion, seconds]) => [emotion, moodName(emotion), formatDuration(seconds)]);
  const summary = moods.map(([, name, duration]) => `${name} ${duration}`).join(", ");
  const title = newest === undefined ? "No moods yet" : `The last ${span < HOUR ? formatDuration(span) : "hour"}`;
  $("history-title").textContent = title;
  $("history").setAttribute("aria-label", newest === undefined ? title : `The moods of ${title.toLowerCase()}: ${summary || "none"}`);
  $("mood-times").replaceChildren(...moods.map(([emotion, name, duration]) =>
    element("li", { class: emotion }, name, element("span", {}, ` ${duration}`))));
}

function renderTracks(daemon) {
  const tracks = daemon.tracks?.tracks ?? [];
  if (daemon.tracks?.time !== shownTracks) {
    shownTracks = daemon.tracks?.time;
    $("live-tracks").replaceChildren(...tracks.map((track, index) => trackCard(track, index, notice)));
    $("live-list-buttons").replaceChildren(...(tracks.length ? listButtons(tracks, notice) : []));
  }
  const songs = describeSongs(daemon);
  const playing = daemon.pause_reason ? null : daemon.playing?.track?.id;
  tracks.forEach((track, index) => {
    const card = $("live-tracks").children[index];
    card.classList.toggle("playing", track.id === playing);
    showVerdict(card, daemon.ratings[track.id]);
    if (track.id === playing) card.setAttribute("aria-current", "true");
    else card.removeAttribute("aria-current");
  });
  $("live-tracks").classList.toggle("last-mood", songs.isLastMood);
  $("live-tracks-title").textContent = songs.title;
  $("live-tracks-note").textContent = songs.note;
  $("pause").textContent = daemon.paused ? "Resume" : "Pause";
  $("next").disabled = !songs.canReplace;
  // A status sent before the response to a command must not undo the choice of a strategy.
  if (pendingCommands) return;
  for (const option of $("live-options").elements.strategy) option.checked = option.value === daemon.strategy;
}

function renderStats(daemon) {
  const stats = [
    ["frames per second", daemon.frame_rate ?? "…"],
    ["temperature", state.temperature === null ? null : `${Math.round(state.temperature)} °C`],
    [daemon.changes === 1 ? "mood change" : "mood changes", daemon.changes],
    ["uptime", formatDuration(daemon.uptime)],
    ["analysis of songs", daemon.song_analysis || null],
  ];
  $("stats").replaceChildren(...stats.filter(([, value]) => value !== null).map(([name, value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, String(value)))));
}

function renderPreview(preview) {
  $("live-preview").hidden = !preview;
  $("live-preview").textContent = preview?.state === "watched" ? "Somebody watches the picture of the camera"
    : "A link to the picture of the camera is open";
}

async function send(command) {
  pendingCommands += 1;
  notice.refuse("");
  try {
    const status = await sendCommand(command);
    if (state.daemon) state.daemon = { ...state.daemon, ...status };
  } catch (error) {
    notice.refuse(error.sentences);
  }
  pendingCommands -= 1;
  if (source) render();
}

function announce(text) {
  if (text === announced) return;
  announced = text;
  notice.announce(text);
}

function setTint(emotion) {
  document.body.dataset.emotion = emotion;
}
