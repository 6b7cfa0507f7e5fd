"""What is there: `listing` asks for one folder, `folder_lists` for many; `cached_listing` keeps
that from run to run by the `changes` that Drive tells. `shrunk_marker` tells smaller copies,
and `rights` the photos that we may not change.
"""
