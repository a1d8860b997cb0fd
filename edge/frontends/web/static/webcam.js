// One picture of the computer's camera, where the browser gives a page access to it (localhost, TLS).

import { ApiError } from "./api.js";

// A camera adjusts its exposure after it is switched on; in milliseconds.
const SETTLING_TIME = 800;

// Whether there is a camera that the page can ask for.
export async function hasWebcam() {
  const devices = await navigator.mediaDevices?.enumerateDevices().catch(() => []);
  return Boolean(devices?.some(({ kind }) => kind === "videoinput"));
}

// A JPEG. The camera is switched off before this returns. Throws ApiError if it cannot be used.
export async function takePicture() {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user" } }).catch(() => {
    throw new ApiError("no_webcam");
  });
  try {
    const video = document.createElement("video");
    video.muted = true;
    video.srcObject = stream;
    await video.play();
    await new Promise((resolve) => setTimeout(resolve, SETTLING_TIME));
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d").drawImage(video, 0, 0);
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}
