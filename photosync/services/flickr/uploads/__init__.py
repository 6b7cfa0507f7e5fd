"""Bytes on their way to Flickr, none of them twice.

`sources` is what is known of a file before, `photo_index` which bytes are there already;
`uploads` sends the rest.
"""
