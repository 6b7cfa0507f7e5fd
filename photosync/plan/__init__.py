"""Differences -> Plan. Pure.

- One service: `proposal` looks up its differences in the table of the mode. It is made of
  `decisions`, as the `policy` permits, `details`, `duplicates`, and `restores` for damaged
  photos.
- All services: `planner` makes the plan. `rules`, among them `service_rules`, change
  single steps by their `rule_context`; `reconcile` brings together what the services
  want of one file, with `followers` that bring it to the others by their `wishes`, and
  `companions` that belong to a photo; `merges` is about photos that two sides moved,
  `contents` about the bytes of files, `albums` about whole albums. `put_back` withholds
  what an old backup would do, `guards` may refuse the plan, and `order` sorts the
  `steps`.
- A plan that waits: `saved` in a file, or a `selection` of it made by hand.
"""
