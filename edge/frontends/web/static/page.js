// Starts the page and shows the view that the address's fragment names.

import { fetchStatus } from "./api.js";
import { showComparison } from "./compare.js";
import { drawFace, drawSampleFaces } from "./draw.js";
import { closeLiveView, initLiveView, openLiveView } from "./live.js";
import { initPhotoView } from "./photo.js";

const VIEWS = ["photo", "live", "compare"];
drawFace(document.getElementById("logo"), 0.7, 0.3);
drawSampleFaces(document.getElementById("sample-faces"));
const status = await fetchStatus();
initPhotoView(status);
initLiveView(status);

function showView() {
  const fragment = location.hash.slice(1);
  const name = VIEWS.includes(fragment) ? fragment : "photo";
  for (const view of VIEWS) document.getElementById(`view-${view}`).hidden = view !== name;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (name === "compare") showComparison(status);
  if (name === "live") openLiveView();
  else closeLiveView();
}

addEventListener("hashchange", showView);
showView();
document.body.classList.add("ready");
