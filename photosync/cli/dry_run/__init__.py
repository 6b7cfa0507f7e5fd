"""What a run would do, as a person reads it before it does."""
