"""An RTSP camera: GStreamer's server with an endless H.264 stream of a folder's pictures.

Run by the Python that has GStreamer's bindings: python3 rtsp_server.py PORT FOLDER
"""

from __future__ import annotations

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

PIPELINE = (
    'multifilesrc location="{folder}/%d.jpg" loop=true caps=image/jpeg,framerate=10/1 '
    "! jpegdec ! videoconvert ! video/x-raw,format=I420 "
    "! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! rtph264pay name=pay0"
)


def main() -> None:
    """Serve rtsp://127.0.0.1:PORT/camera until killed."""
    port, folder = sys.argv[1:]
    Gst.init(None)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( {PIPELINE.format(folder=folder)} )")
    factory.set_shared(True)
    server = GstRtspServer.RTSPServer(address="127.0.0.1", service=port)
    server.get_mount_points().add_factory("/camera", factory)
    server.attach(None)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
