"""The body: everything that touches the world."""
