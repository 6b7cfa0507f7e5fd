"""Albums, which are folders: the `base_folder` of all, or one that is `shared`; in it the
`folders` of albums, and by `album_edits` what they show besides their photos.
"""
