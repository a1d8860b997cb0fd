"""Tools around the daemon, which it never imports: benchmark, doctor, service installation."""
