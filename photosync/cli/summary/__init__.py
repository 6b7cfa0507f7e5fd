"""What a run did, at its end."""
