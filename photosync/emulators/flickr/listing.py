"""Pages of photos: filters, order, and the row of each photo."""

from dataclasses import dataclass, field

from photosync.emulators.database import Row, Value
from photosync.emulators.flickr.calls import ApiCall, moment
from photosync.emulators.flickr.catalog import Catalog
from photosync.emulators.flickr.photo_rows import PhotoView
from photosync.emulators.flickr.replies import Reply
from photosync.emulators.flickr.settings import Settings

MAX_PER_PAGE = 500

_MEDIA = {"photos": "photo", "videos": "video"}
_PRIVACY = {
    1: "is_public",
    2: "NOT is_public AND is_friend AND NOT is_family",
    3: "NOT is_public AND is_family AND NOT is_friend",
    4: "NOT is_public AND is_friend AND is_family",
    5: "NOT is_public AND NOT is_friend AND NOT is_family",
}
_DATES = {
    "min_upload_date": "photos.uploaded >= ?",
    "max_upload_date": "photos.uploaded <= ?",
}
_TAKEN = {
    "min_taken_date": "photos.taken >= ?",
    "max_taken_date": "photos.taken <= ?",
}


@dataclass
class Selection:
    """A query over the table photos, joined with others as `source` says."""

    source: str
    where: list[str] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    order: str = "photos.uploaded DESC, photos.id DESC"

    def add(self, condition: str, *values: Value) -> None:
        self.where.append(condition)
        self.values += values

    @property
    def condition(self) -> str:
        return " AND ".join(f"({condition})" for condition in self.where) or "1"


@dataclass(frozen=True)
class Page:
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return -(-self.total // self.size)

    def facts(self, *, totals_as_text: bool) -> Reply:
        total = str(self.total) if totals_as_text else self.total
        return {
            "page": self.number,
            "pages": self.pages,
            "perpage": self.size,
            "total": total,
        }


def add_filters(selection: Selection, call: ApiCall) -> None:
    """Narrow a selection by the arguments that most lists share."""
    media = _MEDIA.get(call.text("media"))
    if media:
        selection.add("photos.media = ?", media)
    privacy = _PRIVACY.get(call.number("privacy_filter", 0))
    if privacy and call.account:
        selection.add(privacy)
    for name, condition in _DATES.items():
        if call.text(name):
            selection.add(condition, moment(call.text(name)) or 0)
    for name, condition in _TAKEN.items():
        if call.text(name):
            selection.add(condition, call.text(name))


class Listing:
    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def page(self, call: ApiCall, total: int, default: int = 100) -> Page:
        """Give the page that a call asks for; one too far may be replaced by the
        last.
        """
        size = min(call.number("per_page", default) or default, MAX_PER_PAGE)
        page = Page(call.number("page", 1) or 1, size, total)
        if page.number > page.pages and self._settings.page_after_last == "repeat":
            return Page(max(page.pages, 1), size, total)
        return page

    def count(self, selection: Selection) -> int:
        sql = f"SELECT count(*) FROM {selection.source} WHERE {selection.condition}"  # noqa: S608
        return self._catalog.state.database.number(sql, *selection.values)

    def found(self, selection: Selection, page: Page) -> list[Row]:
        sql = (
            f"SELECT photos.* FROM {selection.source} WHERE {selection.condition}"  # noqa: S608
            f" ORDER BY {selection.order} LIMIT ? OFFSET ?"
        )
        skipped = (page.number - 1) * page.size
        return self._catalog.state.database.rows(
            sql, *selection.values, page.size, skipped
        )

    def rows(
        self, call: ApiCall, photos: list[Row], extras: str = "extras"
    ) -> list[Reply]:
        wanted, accounts = call.names(extras), self._catalog.accounts
        owners = {nsid: accounts.get(nsid) for nsid in _owners(photos)}
        photos = [self._catalog.photos.as_listed(photo) for photo in photos]
        return [
            self._view(call, photo, owners[photo["owner"]]).row(wanted)
            for photo in photos
        ]

    def view(self, call: ApiCall, photo: Row) -> PhotoView:
        return self._view(call, photo, self._catalog.accounts.get(photo["owner"]))

    def _view(self, call: ApiCall, photo: Row, owner: Row) -> PhotoView:
        state = self._catalog.state
        return PhotoView(photo, owner, call.account, call.base_url, state)

    def reply(self, call: ApiCall, selection: Selection) -> Reply:
        """Answer a call with a page of photos."""
        page = self.page(call, self.count(selection))
        rows = self.rows(call, self.found(selection, page))
        facts = page.facts(totals_as_text=self._settings.totals_as_text)
        return {"photos": {**facts, "photo": rows}}

    @property
    def _settings(self) -> Settings:
        return self._catalog.state.settings


def _owners(photos: list[Row]) -> set[str]:
    return {photo["owner"] for photo in photos}
