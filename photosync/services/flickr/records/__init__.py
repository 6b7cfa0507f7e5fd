"""What Flickr tells of a photo, as it is kept: `photo_rows` of its lists, our own `tags` in
them, and where the `originals` are.
"""
