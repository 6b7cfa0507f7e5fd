"""Where photos are, and signing in there."""

from __future__ import annotations

from photosync.config import converters
from photosync.config.options.option import SIGN_IN, WHERE, Option

PLACES: tuple[Option, ...] = (
    Option(
        WHERE,
        "directory",
        "your photo folders; the first receives albums that exist only remotely",
        attribute="roots",
        short="-d",
        metavar="DIR",
        convert=converters.path,
        many=True,
        common=True,
    ),
    Option(
        WHERE,
        "scope",
        "where to: flickr (or 1), drive (2), both (0), folder:PATH, or several joined by commas; "
        "default: the services you are signed in to",
        short="-p",
        metavar="WHERE",
        convert=converters.scope,
        many=True,
        common=True,
    ),
    Option(
        WHERE,
        "owner",
        "look at the Flickr albums of another user, or at the Drive folder "
        "that somebody shares with you; nothing is written there unless permitted",
        short="-o",
        metavar="USER",
        convert=converters.name_given,
    ),
    Option(
        WHERE,
        "home",
        "one folder for configuration, keys, tokens and memory (also PHOTOSYNC_HOME); "
        "default: the usual folders of your system",
        metavar="DIR",
        convert=converters.path,
    ),
    Option(
        WHERE,
        "drive-folder",
        "the folder on Google Drive that holds the albums (default photosync)",
        metavar="NAME",
        convert=converters.name_given,
    ),
    Option(
        WHERE,
        "flickr-privacy",
        "who sees what is uploaded to Flickr: private "
        "(default), friends, family, friends-and-family or public",
        metavar="WHO",
        convert=converters.one_of(*converters.PRIVACIES),
    ),
    # A proxy of a company or a test stands there; nobody types it day by day.
    Option(
        WHERE,
        "flickr-url",
        "another address of Flickr's services",
        convert=converters.address,
        hidden=True,
    ),
    Option(
        WHERE,
        "drive-url",
        "another address of the Drive API, as some company proxies have",
        convert=converters.address,
        hidden=True,
    ),
    # A project of before May 2026 has another quota, and one can ask for more.
    Option(
        WHERE,
        "drive-quota",
        "quota units that your Google project may spend in a minute, 0 for no limit",
        convert=converters.whole(0, 1_000_000_000),
        hidden=True,
    ),
    Option(
        WHERE,
        "demo",
        "try it without an account: a Flickr and a Google Drive inside photosync, and "
        "without -d a small library made for you",
        flag=True,
        common=True,
    ),
)

SIGNING_IN: tuple[Option, ...] = (
    Option(
        SIGN_IN,
        "authorize",
        "sign in to the services of -p",
        short="-a",
        flag=True,
        common=True,
        is_command=True,
    ),
    # A NAS has no browser: the address is opened on a phone, the answer pasted back.
    Option(SIGN_IN, "headless", "sign in on a machine without a browser", flag=True),
    Option(
        SIGN_IN,
        "client-secrets",
        "the file with your client id; default client_secrets.json in the home folder",
        metavar="FILE",
        convert=converters.path,
    ),
    # With `file` a leaked token reaches no document of the user's.
    Option(
        SIGN_IN,
        "drive-scope",
        "file (default): reach only what photosync put there; full: reach the whole Drive",
        metavar="SCOPE",
        convert=converters.one_of("file", "full"),
    ),
    Option(
        SIGN_IN,
        "check",
        "show library, last run, sign-ins, space and disks, and what is to do, and end",
        flag=True,
        common=True,
        is_command=True,
    ),
    Option(
        SIGN_IN,
        "sign-out",
        "withdraw the sign-in and forget it, and end",
        flag=True,
        is_command=True,
    ),
)
