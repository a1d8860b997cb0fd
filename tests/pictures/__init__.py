"""Scripts that draw the pictures of the documentation; `make pictures` runs them."""
