"""Talking to Google: who asks, what it takes, and what the answers mean.

- `connection` makes each call within its quota: by `reading_calls`, or what the library
  builds and `transport` sends. `errors` is what comes back, `costs` is what it takes.
- Who it is: `signin` gets the token, `stored_token` is it between runs and `credentials`
  in one, `session` sends it to Google alone, `about` tells of the account.
"""
