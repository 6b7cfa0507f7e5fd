"""The journal: the runs, what each of them did, and what can be learnt from that.

- `journal` has the runs and their events, `refused_runs` those that never began.
- For a person: `search` finds the photos that a word names, `trail` follows one wherever it
  was moved, `overview` and `copies` say how a library is doing.
- For a run: `clock_leaps` and the `pace` of earlier runs.
"""
