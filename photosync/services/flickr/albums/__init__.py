"""Albums, which are photosets: `albums` makes and fills them, `memberships` puts photos in
and takes them out, `moves` gives photos other albums or names, and `album_edits` gives albums
other titles and another order.
"""
