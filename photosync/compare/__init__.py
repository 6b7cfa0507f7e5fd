"""One service against the local tree: what differs, and who changed it."""
