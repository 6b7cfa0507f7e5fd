"""What goes on, while it does."""
