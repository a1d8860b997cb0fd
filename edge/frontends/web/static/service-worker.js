// Shows the page while moodpi cannot be reached. It keeps the page's own files and nothing else: no
// photos, no songs, no tokens. VERSION changes with every file, so that an update replaces them all.

const VERSION = "{version}";
const FILES = {files};
// Other programs, and another moodpi, can be below other paths of the same origin.
const PREFIX = `moodpi ${registration.scope} `;
const CACHE = `${PREFIX}${VERSION}`;
const GATEWAY_ERRORS = [502, 503, 504];
const urls = FILES.map((file) => new URL(file, registration.scope).href);

addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(urls)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const isOutdated = (name) => name.startsWith(PREFIX) && name !== CACHE;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(isOutdated).map((name) => caches.delete(name)))));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = request.url.split("#")[0];
  if (request.method === "GET" && urls.includes(url)) event.respondWith(respond(request, url));
});

// From the network; the kept file is only for a server that does not answer.
async function respond(request, url) {
  const response = await fetch(request).catch(() => null);
  if (response && !GATEWAY_ERRORS.includes(response.status)) return response;
  return (await caches.match(url, { cacheName: CACHE })) ?? response ?? Response.error();
}
