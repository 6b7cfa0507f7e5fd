"""What both sides held when a run last saw them; the next run is compared with it.

- Of each photo: the `baseline` and the `details` that both sides agreed on, and the
  `verifications` of its bytes.
- Of each side: the `listing_cache` of a service, the `file_cache` of the disk, and the
  `census` of how many photos there were.
- Of both: the `last_looks`, when they were compared.
"""
