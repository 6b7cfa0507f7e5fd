"""The licences that a photo may be under."""

from collections.abc import Mapping

from photosync.emulators.flickr.calls import ApiCall, Method
from photosync.emulators.flickr.replies import Reply

_CREATIVE_COMMONS = "https://creativecommons.org"
_LICENCES = {
    "0": ("All Rights Reserved", ""),
    "1": (
        "Attribution-NonCommercial-ShareAlike License",
        f"{_CREATIVE_COMMONS}/licenses/by-nc-sa/2.0/",
    ),
    "2": (
        "Attribution-NonCommercial License",
        f"{_CREATIVE_COMMONS}/licenses/by-nc/2.0/",
    ),
    "3": (
        "Attribution-NonCommercial-NoDerivs License",
        f"{_CREATIVE_COMMONS}/licenses/by-nc-nd/2.0/",
    ),
    "4": ("Attribution License", f"{_CREATIVE_COMMONS}/licenses/by/2.0/"),
    "5": ("Attribution-ShareAlike License", f"{_CREATIVE_COMMONS}/licenses/by-sa/2.0/"),
    "6": ("Attribution-NoDerivs License", f"{_CREATIVE_COMMONS}/licenses/by-nd/2.0/"),
    "7": ("No known copyright restrictions", "https://www.flickr.com/commons/usage/"),
    "8": ("United States Government Work", "http://www.usa.gov/copyright.shtml"),
    "9": (
        "Public Domain Dedication (CC0)",
        f"{_CREATIVE_COMMONS}/publicdomain/zero/1.0/",
    ),
    "10": ("Public Domain Mark", f"{_CREATIVE_COMMONS}/publicdomain/mark/1.0/"),
}


class LicencesApi:
    def __init__(self) -> None:
        self.methods: Mapping[str, Method] = {"photos.licenses.getInfo": _info}


def _info(_: ApiCall) -> Reply:
    rows = [
        {"id": int(i), "name": name, "url": url} for i, (name, url) in _LICENCES.items()
    ]
    return {"licenses": {"license": rows}}
