"""Signing in: accounts, OAuth, tokens, client secrets."""
