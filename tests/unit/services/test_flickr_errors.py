from __future__ import annotations

from photosync.services.flickr.calls.errors import translate_code


def test_a_signature_of_ours_in_the_words_of_flickr_is_told_to_nobody() -> None:
    words = "Bad request oauth_signature=abc%3D&oauth_token=72157-1"
    error = translate_code("flickr.photos.getInfo", 4711, words)
    assert "(4711: Bad request oauth_signature=...&oauth_token=...)" in str(error)
