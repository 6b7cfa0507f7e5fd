"""``flickr.photos.search``: a query over the search index."""

import re
from collections.abc import Callable

from photosync.emulators.database import Row, Value
from photosync.emulators.flickr import tags
from photosync.emulators.flickr.calls import ApiCall
from photosync.emulators.flickr.catalog import Catalog
from photosync.emulators.flickr.errors import ApiError
from photosync.emulators.flickr.listing import Listing, Page, Selection, add_filters
from photosync.emulators.flickr.replies import Reply

MAX_RESULTS = 4000
_MAX_TAGS = 20
_MAX_MACHINE_TAGS = {"all": 16, "any": 8}

_ORDERS = {
    "date-posted-asc": "indexed.uploaded, indexed.photo",
    "date-posted-desc": "indexed.uploaded DESC, indexed.photo DESC",
    "date-taken-asc": "indexed.taken, indexed.photo",
    "date-taken-desc": "indexed.taken DESC, indexed.photo DESC",
}
_MACHINE = re.compile(
    r"(?:([a-z][a-z0-9_]*)|\*):(?:(?:([a-z][a-z0-9_]*)|\*)(?:=(.*))?)?",
    re.IGNORECASE | re.DOTALL,
)
_ITEMS = re.compile(r'(?:"[^"]*"|[^,"])+')
_SOURCE = "indexed CROSS JOIN photos ON photos.id = indexed.photo"
# Photos that are gone but still indexed have their rows in the table of ghosts.
_SOURCE_WITH_GHOSTS = (
    "indexed JOIN (SELECT * FROM photos UNION ALL SELECT * FROM ghosts) AS photos"
    " ON photos.id = indexed.photo"
)
_ARGUMENTS = (
    "user_id",
    "tags",
    "text",
    "machine_tags",
    "min_upload_date",
    "max_upload_date",
    "min_taken_date",
    "max_taken_date",
)


class Search:
    def __init__(self, catalog: Catalog, listing: Listing) -> None:
        self._catalog = catalog
        self._listing = listing

    def answer(self, call: ApiCall) -> Reply:
        if not any(call.text(name) for name in _ARGUMENTS):
            raise ApiError(3, "Parameterless searches have been disabled")
        ghosts = self._catalog.state.database.row("SELECT 1 FROM ghosts LIMIT 1")
        source = _SOURCE_WITH_GHOSTS if ghosts else _SOURCE
        selection = Selection(source, order=_ORDERS["date-posted-desc"])
        selection.order = _ORDERS.get(call.text("sort"), selection.order)
        self._add_owner(selection, call)
        self._add_tags(selection, call)
        self._add_machine_tags(selection, call)
        for word in call.text("text").lower().split():
            selection.add("instr(indexed.text, ?)", word)
        add_filters(selection, call)
        return self._answer_page(selection, call)

    def _answer_page(self, selection: Selection, call: ApiCall) -> Reply:
        settings = self._catalog.state.settings
        page = self._listing.page(call, self._listing.count(selection))
        facts = page.facts(totals_as_text=settings.totals_as_text)
        if (page.number - 1) * page.size >= MAX_RESULTS:
            if settings.search_overflow == "fail":
                raise ApiError(20, "Excessive photo offset in search")
            page = Page(MAX_RESULTS // page.size, page.size, page.total)
        photos: list[Row] = self._listing.found(selection, page)
        return {"photos": {**facts, "photo": self._listing.rows(call, photos)}}

    def _add_owner(self, selection: Selection, call: ApiCall) -> None:
        visible = "photos.is_public AND photos.hidden = 1 AND photos.safety_level = 1"
        if call.text("user_id"):
            owner = self._catalog.accounts.meant(call.text("user_id"), call.account, 2)
            # The sign keeps sqlite from walking all photos of the owner instead of the
            # few tagged.
            sign = "+" if call.text("machine_tags") or call.text("tags") else ""
            selection.add(f"{sign}indexed.owner = ?", owner["nsid"])
            if owner["nsid"] == call.account:
                return
        selection.add(visible)

    def _add_tags(self, selection: Selection, call: ApiCall) -> None:
        wanted = [
            tag.normal for tag in self._catalog.photos.parse_tags(call.names("tags"))
        ]
        if len(wanted) > _MAX_TAGS:
            raise ApiError(1, "Too many tags in ALL query")
        conditions: list[tuple[str, list[Value]]] = [
            ("normal = ?", [tag]) for tag in wanted
        ]
        _add_terms(selection, conditions, call.text("tag_mode"))

    def _add_machine_tags(self, selection: Selection, call: ApiCall) -> None:
        text = call.text("machine_tags")
        if not text:
            return
        mode = "all" if call.text("machine_tag_mode").lower() == "all" else "any"
        queries = [_MACHINE.fullmatch(item.strip()) for item in _ITEMS.findall(text)]
        if len(queries) > _MAX_MACHINE_TAGS[mode]:
            raise ApiError(12, "Exceeded maximum allowable machine tags")
        known = [query for query in queries if query]
        if not known:
            raise ApiError(11, "No valid machine tags")
        _add_terms(
            selection, [_machine_condition(query, self._value) for query in known], mode
        )

    def _value(self, text: str) -> str:
        keeps_form = not self._catalog.state.settings.normalise_machine_values
        return text if keeps_form else tags.normalise(text)


def _machine_condition(
    query: re.Match[str], normalise: Callable[[str], str]
) -> tuple[str, list[Value]]:
    namespace, predicate, value = query.groups()
    value = (value or "").strip('"')
    parts: dict[str, Value] = {
        "namespace": namespace and namespace.lower(),
        "predicate": predicate and predicate.lower(),
        "value": None if value in {"", "*"} else normalise(value),
    }
    given = {name: part for name, part in parts.items() if part is not None}
    conditions = ["namespace IS NOT NULL", *(f"{name} = ?" for name in given)]
    return " AND ".join(conditions), list(given.values())


def _add_terms(
    selection: Selection, conditions: list[tuple[str, list[Value]]], mode: str
) -> None:
    if not conditions:
        return
    photos = [
        f"SELECT photo FROM terms WHERE {condition}"  # noqa: S608 - our own text
        for condition, _ in conditions
    ]
    joined = " INTERSECT " if mode.lower() == "all" else " UNION "
    values = [value for _, given in conditions for value in given]
    selection.add(f"indexed.photo IN ({joined.join(photos)})", *values)
