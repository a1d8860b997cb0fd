"""The interfaces of a running daemon: control socket, MQTT and web page."""
