"""Survey -> plan -> execute -> remember: the way of the data, and the Python API.

- `photosync` is that way, from the first to the last line. A service becomes one of the
  `drafts`, and that one of the `proposals`, as far as the `policy` permits; `running`
  carries the plan out.
- What is asked on the way: whether the `places` are there, whether an old backup was
  `put_back`, how many files are `undated`, and the `silence` of a disk.
- What a person asks for: the `forecast` of a plan, the `coverage` of a report, and whether
  files are among the `saved_files`.
"""
