// The compare view: every installed model and format on the same photo, with its time.

import { postPhoto } from "./api.js";
import { ADJECTIVES, element, probabilityBars } from "./draw.js";
import { photo } from "./photo.js";

const $ = (id) => document.getElementById(id);
let comparedFile = null;

export async function showComparison({ models }) {
  if (!photo.file) {
    $("compare-lead").replaceChildren("Choose a photo first: ", element("a", { href: "#photo" }, "open Photo"), ".");
    return;
  }
  if (comparedFile === photo.file) return;
  comparedFile = photo.file;
  const artefacts = Object.entries(models).flatMap(([model, formats]) => formats.map((format) => ({ model, format })));
  $("compare-lead").textContent = artefacts.length > 1
    ? `${artefacts.length} model files classify the same face.`
    : "Only one model is installed. Other installed models appear here.";
  $("compare").replaceChildren();
  for (const artefact of artefacts) $("compare").append(await resultCard(artefact));
}

async function resultCard({ model, format }) {
  const card = (...content) => element("article", { class: "card" },
    element("h2", {}, model), element("p", { class: "hint" }, format), ...content);
  try {
    await postPhoto("api/classify", photo.file, { model, format }); // loads the model
    const { body, times } = await postPhoto("api/classify", photo.file, { model, format });
    const face = body.faces[0];
    if (!face) return card(element("p", {}, "No face found"));
    return card(
      element("p", { class: `big ${face.emotion}` }, ADJECTIVES[face.emotion] ?? face.emotion),
      element("ul", { class: "bars" }, ...probabilityBars(face.probabilities)),
      element("p", { class: "time" }, element("strong", {}, `${times.classify.toFixed(1)} ms`), " for ",
        body.faces.length > 1 ? `${body.faces.length} faces` : "the face", `, ${times.faces.toFixed(0)} ms to detect it`));
  } catch (error) {
    return card(element("p", {}, `${error.title ?? "Error"}. ${error.message}`));
  }
}
