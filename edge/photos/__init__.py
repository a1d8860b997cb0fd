"""Photos from outside: checked by content, then decoded to grey pictures."""
