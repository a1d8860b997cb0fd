"""One thin module a command: its options, the call into the room that works, the printing."""
