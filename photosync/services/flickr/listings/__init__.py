"""What is there: `listing` asks, `cached_listing` keeps it from run to run, and `photosets`
are the albums that are made of it.
"""
