"""What is remembered between runs, in one SQLite file of the home folder.

- The file itself: `opening` opens it for a run, under the `lock`; `state_file` sees to a
  file that is damaged or cannot be written. `database` owns the connection, `schema` has
  the tables, `values` encodes what is in them, `write_queue` holds what is not on the disk
  yet.
- Whose memory it is: `sides` are the `libraries` with their `mounts`, the accounts, and the
  `folders`; `scope` keeps their rows apart.
- What the next run goes by, all of it in `memories`: `baseline` and `details` that both
  sides agreed on, `listing_cache` and `file_cache`, `census`, `looks`, `debts` to albums, `uploads`
  that were begun, `refused_files`, what was `verified` and what was `told`.
- What a run writes as it goes on: `recorder` by its `run_record` into the `journal`;
  `refused_runs` that never began; `leaps` of the clock and the `pace` of runs are read
  from it.
- What a person asks for later: `overview`, `copies`, the `trail` of a photo by any name
  that is `known`, and `undo` of a `choice` of runs or photos, but for what is `newer`.
"""
