"""One photo: looked at, fetched, written.

- Looking: `photo_info` is all that Flickr tells of it, `metadata` what people wrote;
  `absence` asks what became of one. `downloads` fetches it through `fetch_slots`;
  `sent_bytes` reads it where our tags may not tell of what it is any more.
- Writing: `photo_edits`, `details`, its date by `capture_order`; `written_texts` are those
  that lists do not show yet.
"""
