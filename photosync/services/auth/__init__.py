"""What signing in to any service takes: OAuth, tokens, client secrets."""
