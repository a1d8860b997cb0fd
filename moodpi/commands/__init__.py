"""One thin module a command: its options, the call into the room that does the work, the printing."""
