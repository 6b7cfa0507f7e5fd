"""Bytes on their way to Drive, none of them twice.

`uploads` sends a `payload` of its `mimetype` by `transfers`; those that are `prepared` and
`unfinished` are noted.
"""
