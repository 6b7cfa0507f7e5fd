"""Undo: what runs deleted or replaced comes back from the trashes.

`choice` says which events are meant, `newer_versions` what they may not take the place of,
and `undo` brings the bytes back.
"""
