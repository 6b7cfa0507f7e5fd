"""Another user's public albums on Flickr: looked at and fetched, never changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harness.absence import whereabouts
from harness.flickr_world import FlickrWorld, ignore, jpeg
from harness.kept_cache import KeptMemory
from harness.worlds import listed, photo_of

from photosync.emulators.flickr.web_user import WebUser
from photosync.errors import Rejected
from photosync.model import AlbumMetadata, RemoteAlbum, Whereabouts
from photosync.services.capabilities import OriginalWithheld


@pytest.fixture
def bert(world: FlickrWorld) -> WebUser:
    """Another user, who shows two photos of three and hands out originals."""
    bert = world.flickr.web_of("bert smith")
    bert.change_account(shares_originals=1)
    ids = [
        bert.photo(f"{n}.jpg", jpeg(f"bert {n}"), is_public=int(n < 2))
        for n in range(3)
    ]
    bert.album("Oslo", ids)
    bert.album("secret", ids[2:])
    world.flickr.web.album("mine", [world.flickr.web.photo("mine")])
    return bert


@pytest.mark.parametrize(
    "name",
    [
        "bert smith",
        "bert_smith",
        "{nsid}",
        "https://www.flickr.com/photos/bert_smith/",
        "https://www.flickr.com/people/{nsid}",
    ],
)
def test_a_user_is_found_by_any_name_and_only_public_photos_are_seen(
    world: FlickrWorld, bert: WebUser, name: str
) -> None:
    backend = world.connect(attempts=2, owner=name.format(nsid=bert.nsid))
    photos = listed(backend)
    assert {title: [one.name for one in found] for title, found in photos.items()} == {
        "Oslo": ["0.jpg", "1.jpg"]
    }
    with backend.open(photos["Oslo"][0]) as stream:
        assert stream.read() == jpeg("bert 0")
    assert backend.account == f"{bert.nsid}@{world.flickr.web.nsid}"


def test_an_unknown_user_is_named(world: FlickrWorld) -> None:
    for name in ("nobody", "https://www.flickr.com/photos/nobody/"):
        with pytest.raises(Rejected, match=name):
            list(world.connect(attempts=2, owner=name).albums())


def test_originals_that_are_not_handed_out_are_withheld(
    world: FlickrWorld, bert: WebUser
) -> None:
    bert.change_account(shares_originals=0)
    for one in bert.everything():
        bert.edit(one["id"], width=4000, height=3000)
    backend = world.connect(attempts=2, owner="bert smith")
    photo = listed(backend)["Oslo"][0]
    with pytest.raises(OriginalWithheld), backend.open(photo):
        pass
    with backend.open_largest(photo) as stream:
        assert stream.read()


def test_nothing_of_another_user_is_changed(world: FlickrWorld, bert: WebUser) -> None:
    backend = world.connect(attempts=2, owner="bert smith")
    photo = listed(backend)["Oslo"][0]
    album, source = RemoteAlbum("Oslo", photo.album_id), world.source("Oslo/new.jpg")
    writes: list[Callable[[], object]] = [
        lambda: backend.save("Oslo", "new.jpg", source, ignore),
        lambda: backend.replace(photo, source, ignore),
        lambda: backend.update_metadata(
            photo, photo_of(world.here("Oslo/0.jpg", "bert 0"))
        ),
        lambda: backend.tag(photo),
        lambda: backend.untag(photo),
        lambda: backend.move(photo, "Best", "0.jpg"),
        lambda: backend.rename_album(album, "Best", [photo]),
        lambda: backend.update_album("Oslo", AlbumMetadata("text", "", {})),
        lambda: backend.delete(photo),
        lambda: backend.remove_album(album),
    ]
    world.flickr.traffic.reset()
    for write in writes:
        with pytest.raises(
            Rejected, match="belongs to bert smith; it can only be downloaded"
        ):
            write()
    assert not world.flickr.calls
    assert backend.upload_warnings(5) == ()
    assert whereabouts(backend, photo) is Whereabouts.THERE


def test_nothing_is_kept_of_another_user(world: FlickrWorld, bert: WebUser) -> None:
    memory = KeptMemory()
    for _ in range(2):
        backend = world.connect(attempts=2, owner=bert.nsid)
        backend.use_cache(memory)
        assert len(listed(backend)["Oslo"]) == 2
    assert memory.notes == 0
    assert world.flickr.calls["photos.recentlyUpdated"] == 0


def test_ones_own_name_gives_ones_own_albums(world: FlickrWorld) -> None:
    backend = world.connect(attempts=2, owner="anna")
    world.send(backend, world.source("Rome/a.jpg"))
    assert backend.account == world.flickr.web.nsid == world.connect().account
    assert list(world.albums()) == ["Rome"]
