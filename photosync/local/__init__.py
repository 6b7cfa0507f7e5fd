"""The local side: folders and files as the scan sees them, and changed."""
