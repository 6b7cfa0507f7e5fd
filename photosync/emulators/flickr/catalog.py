"""All stores of the service together."""

from photosync.emulators.flickr.accounts import Accounts
from photosync.emulators.flickr.albums import AlbumStore
from photosync.emulators.flickr.index import SearchIndex
from photosync.emulators.flickr.photos import PhotoStore
from photosync.emulators.flickr.state import State


class Catalog:
    def __init__(self, state: State) -> None:
        self.state = state
        self.accounts = Accounts(state)
        self.albums = AlbumStore(state)
        self.index = SearchIndex(state)
        self.photos = PhotoStore(state, self.albums, self.index)
