"""Differences -> Plan. Pure.

- One service: `proposal` looks its differences up in the table of the mode by `decisions`,
  as the `policy` permits, with `details`, `duplicates` and what `restores` a damaged copy.
- All services: `planner` makes the plan. It lets `reconcile` bring together what they want
  of one file and `rules` change steps, with their `companions` and `followers`; `merges`
  is about what two places moved, `contents` what is asked of files, `albums` what becomes
  of whole ones. `put_back` withholds what only an old backup would do; `guards` may refuse
  it, and `order` puts the `steps` one after the other.
- A plan that waits: `saved` in a file, or a `selection` of it by hand.
"""
