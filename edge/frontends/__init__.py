"""Ways to reach a running daemon: its control socket, MQTT and the web page."""
