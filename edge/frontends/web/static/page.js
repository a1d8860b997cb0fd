// Starts the page and shows the view that the address's fragment names.

import { fetchStatus } from "./api.js";
import { showComparison } from "./compare.js";
import { drawFace, drawSampleFaces } from "./draw.js";
import { closeLiveView, initLiveView, openLiveView, showOffline } from "./live.js";
import { initPhotoView } from "./photo.js";

const $ = (id) => document.getElementById(id);
const RETRY_DELAY = 3000;
const VIEWS = ["photo", "live", "compare"];
drawFace($("logo"), 0.7, 0.3);
drawSampleFaces($("sample-faces"));
navigator.serviceWorker?.register("service-worker.js").catch(() => {}); // refused, for example, for a self-signed certificate
const status = await waitForStatus();
await initPhotoView(status);
initLiveView(status);

// The first status. Until there is one, the page says why.
async function waitForStatus() {
  for (;;) {
    try {
      return await fetchStatus();
    } catch (error) {
      showOffline(error);
      $("view-photo").hidden = true;
      $("view-live").hidden = false;
      document.body.classList.add("ready");
      await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY));
    }
  }
}

function showView() {
  const fragment = location.hash.slice(1);
  const name = VIEWS.includes(fragment) ? fragment : "photo";
  for (const view of VIEWS) $(`view-${view}`).hidden = view !== name;
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
