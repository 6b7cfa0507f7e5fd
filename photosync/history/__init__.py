"""What is remembered between runs, in one SQLite file of the home folder.

- A run: `opening` takes the lock and opens the file, `memories` reads what earlier runs
  left, and the `recorder` writes by its `run_record` what becomes of each step.
- What they read and write, each folder importing only from those after it: `undo`; the
  `journal` of runs; what is `pending` until a later run; the `sync_state`, which is what
  both sides held at the end of the last run; the `identity` of libraries, accounts and
  folders; the `storage` in the state file.
"""
