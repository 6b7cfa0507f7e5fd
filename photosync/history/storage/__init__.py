"""The state file: one SQLite database, and one process at a time that writes it.

- `database` owns the connection, `schema` has the tables, `encoding` makes values of them
  and back, `write_queue` holds what is not on the disk yet.
- `lock` keeps other runs out; `state_file` opens it, and sets a damaged one aside.
"""
