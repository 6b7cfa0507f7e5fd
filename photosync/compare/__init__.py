"""One service against the local tree: what differs, and who changed it.

- One photo: `pairing` finds the two that are one, `attributes` holds them against each
  other, `changes` says what became of each since the baseline, `compare` what that makes
  of both, `rot` and `verify` whether a disk lost bytes; `hashes` is where MD5s come from.
- One album: `albums`, its `pairs`, what is in `visibility`, names that were `respelt`.
- One service: `survey` puts all together, tells how far it is (`reading`), asks about
  `absence`, and ends in `findings`: `equal_pairs`, `agreements`, `packed_baselines`.
- What crosses albums: `moves`, `edited_moves`, `moved_twice`, what stands `elsewhere` or
  has `arrived` from there, by `matching`.
- What crosses services: `rivals`.
- What people wrote: `details_survey`, `details`, `keywords`.
"""
