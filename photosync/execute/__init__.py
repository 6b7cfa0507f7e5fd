"""Carries a plan out.

- The order of things: `executor` goes through the plan, `transfers` does its steps side by
  side, with a `queue` and a pace for each service (`lanes`, `breaker`, `bandwidth`), `jobs`
  for its workers, and what is no step `aside`.
- One step: `actions` does it between two `endpoints`, on its `step_photos`; `preparing`
  comes before it, `sources` is what is sent, `keeping` what is kept first, `details` goes
  along.
- What comes of it: `outcomes`, `refusals`, `shrink_notes`; photos are `joining` their
  albums, and these get their `album_metadata`.
"""
