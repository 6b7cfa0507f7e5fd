"""A smaller copy of a picture, which says of itself all that its original says.

The way of a picture: `pool` hands it to a process beside the transfers, which has room for
it (`memory`). There `shrink` looks what it is and draws its pixels smaller (`pixels`, in
the right `colours`), takes along what it says of itself (`metadata`, of which
`exif_block`, `xmp` and `extended_xmp` are the parts), names what the copy has not
(`parts`), and writes it (`options`). What comes of it is one of the values in `smaller`.
"""
