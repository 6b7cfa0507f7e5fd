"""Carries a plan out.

- The order of things: `executor` goes through the plan, `transfers` does many steps at
  once, with a `queue` and a pace for each service (`lanes`, `breaker`, `bandwidth`) and
  `jobs` for its workers; work that is no step is done `aside`.
- One step: `actions` does it between two `endpoints`, on its `step_photos`. `preparing`
  comes before an upload, `sources` is what is sent, `keeping` fetches into the trash what
  would be lost, `details` are titles and the like.
- What comes of it: `outcomes`, `refusals`, `shrink_notes`; photos are `joining` their
  albums, and these get their `album_metadata`.
"""
