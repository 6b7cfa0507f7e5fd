"""One photo: looked at, fetched, written.

- Looking: `photo_info` is all that Flickr tells of it, `metadata` what people wrote;
  `absence` asks what became of one. `downloads` fetches it through `fetch_slots`.
- Writing: `photo_edits`, `details`, its date by `capture_order`; `written_texts` are those
  that lists do not show yet.
"""
