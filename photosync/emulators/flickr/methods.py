"""The methods of the API and the permission that each of them needs."""

LEVELS = {
    "people.findByUsername": "none",
    "people.getLimits": "read",
    "people.getUploadStatus": "read",
    "photos.addTags": "write",
    "photos.delete": "delete",
    "photos.geo.getLocation": "none",
    "photos.geo.removeLocation": "write",
    "photos.geo.setLocation": "write",
    "photos.getAllContexts": "none",
    "photos.getInfo": "none",
    "photos.getNotInSet": "read",
    "photos.getSizes": "none",
    "photos.licenses.getInfo": "none",
    "photos.recentlyUpdated": "read",
    "photos.removeTag": "write",
    "photos.search": "none",
    "photos.setDates": "write",
    "photos.setMeta": "write",
    "photosets.addPhoto": "write",
    "photosets.create": "write",
    "photosets.editMeta": "write",
    "photosets.editPhotos": "write",
    "photosets.getList": "none",
    "photosets.getPhotos": "none",
    "photosets.removePhoto": "write",
    "photosets.reorderPhotos": "write",
    "photosets.setPrimaryPhoto": "write",
    "test.login": "read",
    "urls.lookupUser": "none",
}

WRITING = frozenset(
    name for name, level in LEVELS.items() if level in {"write", "delete"}
)
