// What the live view says. The face, the sentence and the songs follow from one state, so that
// they agree.

import { capitalized } from "./api.js";
import { ADJECTIVES } from "./draw.js";

// Earlier times are seconds since the start of a film; others are seconds since 1970.
const FIRST_TIME_OF_DAY = 1e9;

export const isFilmTime = (time) => time < FIRST_TIME_OF_DAY;

// A time of day, or of a film: "9:31".
export function timeText(time) {
  if (!isFilmTime(time)) return new Date(1000 * time).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
  return `${Math.floor(time / 60)}:${String(Math.floor(time % 60)).padStart(2, "0")}`;
}

// A text of any direction within a sentence (Unicode Standard Annex 9).
const isolated = (text) => `\u2068${text}\u2069`;

export const moodName = (emotion) => ADJECTIVES[emotion] ?? emotion ?? "unsure";

// The face to draw, and two sentences: {face, title, why}.
export function describeMood({ mood, presence, camera_error: cameraError }) {
  if (mood) {
    const name = moodName(mood.emotion);
    const sure = mood.emotion ? `${Math.round(100 * mood.belief)}% sure: ` : "";
    return { face: mood.emotion ?? "unsure", title: `${capitalized(name)} since ${timeText(mood.time)}`, why: `${sure || "Why: "}${mood.why}.` };
  }
  if (cameraError) return { face: "asleep", title: "No picture", why: `${cameraError}.` };
  if (!presence) return { face: "asleep", title: "Nobody in view", why: "Waiting for a face." };
  const since = timeText(presence.time);
  return presence.present
    ? { face: "unsure", title: "Reading the mood", why: `A face is in view since ${since}.` }
    : { face: "asleep", title: `Nobody in view since ${since}`, why: "Waiting for a face." };
}

// The title of the list, what is said below it, and whether other tracks can be requested:
// {title, note, isLastMood, canReplace}.
export function describeSongs({ mood, tracks, playing, paused, pause_reason: pauseReason, player_error: playerError }) {
  const hasTracks = Boolean(tracks?.tracks.length);
  const isRequested = tracks?.strategy === "request";
  const isLastMood = hasTracks && !isRequested && mood?.emotion !== tracks.emotion;
  const track = pauseReason ? null : playing?.track;
  // A new list waits for the end of the song that plays.
  const isWaiting = hasTracks && track && !tracks.tracks.some(({ id }) => id === track.id);
  const emotion = moodName(tracks?.emotion);
  const list = !hasTracks ? "Music starts when moodpi is sure of a mood."
    : isRequested ? `For a photo, ${emotion}, requested at ${timeText(tracks.time)}.`
    : !isLastMood ? `For ${emotion}, chosen at ${timeText(tracks.time)}.`
    : mood?.emotion ? `Of the last mood, ${emotion}.`
    : `Of the last mood, ${emotion}, until moodpi is sure of another.`;
  const notes = [paused && "Resume plays again.", playerError && `The player does not play: ${playerError}.`, list, isWaiting && `“${isolated(track.title)}” by ${isolated(track.artist)} plays to its end.`];
  return {
    title: pauseReason || (!hasTracks ? "No songs yet" : isWaiting ? "Next" : track ? "Playing" : isLastMood ? "Songs of the last mood" : "Songs"),
    note: notes.filter(Boolean).join(" "),
    isLastMood,
    canReplace: Boolean(mood?.emotion) && !pauseReason,
  };
}
