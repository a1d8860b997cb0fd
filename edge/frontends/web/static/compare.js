// Every installed model and format on the same photo, with the time each took.

import { post } from "./api.js";
import { ADJECTIVE, bars, make } from "./draw.js";
import { photo } from "./photo.js";

const $ = (id) => document.getElementById(id);
let shown = null;

export async function compare({ models }) {
  if (!photo.picture) {
    $("compare-lead").replaceChildren("Choose a photo first: ", make("a", { href: "#photo" }, "go to Photo"), ".");
    return;
  }
  if (shown === photo.picture) return;
  shown = photo.picture;
  const kinds = Object.entries(models).flatMap(([model, formats]) => formats.map((format) => ({ model, format })));
  $("compare-lead").textContent = kinds.length > 1
    ? `${kinds.length} files look at the same face.`
    : "Only one model is installed so far; others appear here by themselves.";
  $("compare").replaceChildren();
  for (const kind of kinds) $("compare").append(await column(kind));
}

async function column({ model, format }) {
  const head = [make("h2", {}, model), make("p", { class: "hint" }, format)];
  try {
    await post("/api/classify", photo.picture, { model, format }); // the first loads the model
    const { body, times } = await post("/api/classify", photo.picture, { model, format });
    const face = body.faces[0];
    if (!face) return make("article", { class: "card" }, ...head, make("p", {}, "no face found"));
    const emotion = ADJECTIVE[face.emotion] ?? face.emotion;
    return make("article", { class: "card" }, ...head,
      make("p", { class: `big ${face.emotion}` }, emotion),
      make("ul", { class: "bars" }, ...bars(face.probabilities)),
      make("p", { class: "time" }, make("strong", {}, `${times.classify.toFixed(1)} ms`), " for ",
        body.faces.length > 1 ? `${body.faces.length} faces` : "the face", `, ${times.faces.toFixed(0)} ms to find it`));
  } catch (trouble) {
    return make("article", { class: "card" }, ...head, make("p", {}, `${trouble.title ?? ""} ${trouble.message}`));
  }
}
