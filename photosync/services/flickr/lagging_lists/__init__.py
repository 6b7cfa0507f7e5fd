"""What lists do not show yet, and what they still show.

- Not yet: photos that are `joining` an album, `joined_photos`, and `made_albums`.
- Still: `left_photos`; so `true_members` tells who is in an album in truth.
"""
