"""Whose memory it is: paths change, disks are swapped, and no two memories may mix.

- `sides` are those that a run met: its roots, which are one of the `libraries`, the
  accounts, and the `folder_remotes`.
- `scope` keeps apart the rows of each account and library; `mounts` are the disks that were
  inside a root.
"""
