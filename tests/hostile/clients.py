"""Connections to a server that is not to be trusted, each call tried once."""

from __future__ import annotations

from photosync.services.auth.client_secrets import FlickrKey
from photosync.services.drive.calls.connection import Connection as Drive
from photosync.services.drive.calls.credentials import SharedCredentials
from photosync.services.flickr.calls.connection import Connection as Flickr
from photosync.services.http import RetryPolicy
from photosync.services.quotas import HourlyQuota

ONCE = RetryPolicy(0.0, attempts=1)
SECRET = "ya29.secret"


def make_drive(root: str) -> Drive:
    return Drive(SharedCredentials(SECRET), ONCE, root)


def make_flickr(root: str) -> Flickr:
    token = {"oauth_token": SECRET, "oauth_token_secret": "s", "user_nsid": "1@N1"}
    quota = HourlyQuota(1000, ONCE, None)
    return Flickr(FlickrKey("k", "s"), token, ONCE, quota, root)
