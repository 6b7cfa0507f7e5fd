"""What is told without a run: accounts, modes, history, undo, coverage."""
