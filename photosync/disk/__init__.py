"""How a disk is changed so that a crash loses nothing.

- What is held open: a `root`, and a `folder` below it.
- Bytes: `reading`, `streams`, `writing`, `flushing`; `files` puts them together.
- What goes: `trash`, by `days`, with `keeping` as the way into it.
- What a disk is like: its `spelling` of names, `space`, `silence`, its `errors`, and the
  `births` of files.
- Names and files of our own: `names`, `encoding`, files that a person `named`, and
  `private` ones.
"""
