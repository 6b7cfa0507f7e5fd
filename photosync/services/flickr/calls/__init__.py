"""Talking to Flickr: who asks, what it takes, and what the answers mean.

- `connection` makes each call, `paging` reads lists whole; `errors` and `upload_answers` are
  what comes back, `costs` is what it takes of the quota.
- `signin` gets the permission, `account` is that of whoever gave it, `users` are others.
"""
