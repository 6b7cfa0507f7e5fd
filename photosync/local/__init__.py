"""The local side: folders and files as the scan sees them, and changed.

- Looking: `scan` makes albums of what `walk` meets, `gathering` it on the way, from roots
  that `root_checks` let pass, over `links` and `mounts`; `other_kinds` count what is no
  photo, `rewritten` are roots of which no file is an old one.
- Naming: `library` knows which folder makes which title, `names` what a photo is called in
  it, `photosets` how an ancestor called them, `places` where a photo that comes home goes.
- Changing: `explorer` is what the rest of the program talks to; it stands on `roots`, held
  open, and `photos`, read once; `beside` is where a second version goes, `details` what
  sidecars tell.
"""
