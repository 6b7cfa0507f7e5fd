"""One service against the local tree: what differs, and who changed it.

- One photo: `pairing` finds the two that are one photo, `attributes` compares them with
  each other, `changes` each with the baseline, and `compare` makes the comparison of it.
  `rot` and `verify` find out whether a disk lost bytes; `hashes` is where MD5s come from.
- One album: `albums` and their `pairs`, `visibility` for what the filters show, `respelt`
  for names of which only the case changed.
- One service: `survey` puts all together, says how far it is (`reading`), asks the service
  about each `absence`, and ends in `findings`, with `equal_pairs`, `agreements` and
  `packed_baselines`.
- Across albums: `moves`, `edited_moves`, `moved_twice`, photos that stand `elsewhere` or
  have `arrived` from there, all by `matching`; photos `followed` to where both sides have
  them.
- Across services: `rivals`.
- What people wrote: `details_survey`, `details`, `keywords`.
"""
