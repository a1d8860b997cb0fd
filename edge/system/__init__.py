"""The operating system: signals, systemd's notification protocol, hardware readings."""
