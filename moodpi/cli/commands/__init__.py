"""One module for each command: its options, the call of the code, and the output."""
