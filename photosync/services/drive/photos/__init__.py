"""One photo that is there: `absence` asks what became of it, `downloads` fetches it,
`photo_edits` and `details` write about it.
"""
