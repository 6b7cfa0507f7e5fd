"""What is open at the end of a run, and a later one takes up.

- `unfinished_uploads` were begun, `owed_albums` lack their dates and their order.
- `refused_files` are not sent again for a while; `notifications` say what a person knows of
  already.
"""
