"""What is noted before something is changed, so that a killed run makes no second photo:
`sent_notes` of an upload, `move_notes` of a photo that gets another place.
"""
