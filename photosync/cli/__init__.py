"""The command line: all that prints.

- From words to an exit code: `app` begins, `answering` goes on whatever goes wrong
  (`failures`), `arguments` reads the words and `dispatch` finds what they ask for; `hints`
  and `habits` help who writes it otherwise. `encoding`, `closed_streams`, `signals` and the
  `silence` of a disk are what the surroundings do to it.
- A run: `run`, with a `progress` display, `carry_out` and a `summary`; before it `dry_run`,
  `review` in the browser, `plans` in files, `new_folders`; beside it a `report`, `events`
  for scripts, who are told by `judging` how a plan looks, and the `log`. The `demo` is a
  run as well.
- All else: `commands`, which show `pages`.
- What they speak in: `words`, `outcome_words`, `short_names`, the name of the `program`; by
  `output`, as wide as the `terminal`, and in its `colours`.
"""

from photosync.cli.app import main

__all__ = ["main"]
