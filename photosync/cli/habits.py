"""What people type who come from rclone, rsync, restic or git, and what it is here."""

from __future__ import annotations

from collections.abc import Mapping

_ALLOW = "where photos may be deleted is said with --allowDelete"
_LEAVE_OUT = "-s GLOB leaves out files and folders here, --skipserver GLOB there"
_SIGN_IN = "signing in is photosync -a; the browser asks who you are"
_TRASH = "what is replaced or deleted goes to .photosync-trash by itself"

OPTIONS: Mapping[str, str] = {
    "-V": "the version is shown by --version",
    "-P": "progress is shown without being asked for",
    "-R": "folders are looked through to any depth",
    # picasawebsync took an address there, rsync means what is newer.
    "-u": f"{_SIGN_IN}; -m upload replaces nothing that is newer there",
    "-y": "nothing is asked that could delete; see --allowDelete",
    "-z": "photos are compressed already",
    "--archive": "dates and bytes are kept without being asked for",
    "--backup-dir": _TRASH,
    "--checksum": "-c 4 compares the bytes",
    "--compress": "photos are compressed already",
    "--config": "the folder of the configuration is --home DIR",
    "--delete": _ALLOW,
    "--delete-after": _ALLOW,
    "--delete-before": _ALLOW,
    "--delete-during": _ALLOW,
    "--delete-excluded": "what is left out is never deleted",
    "--dryrun": "a dry run is -t or --dry-run",
    "--exclude-from": _LEAVE_OUT,
    "--filter": _LEAVE_OUT,
    "--force": "a guard that refused says what lets it pass",
    "--include": f"all photos are included; {_LEAVE_OUT}",
    "--insecure": "certificates are always checked; see REQUESTS_CA_BUNDLE in the README",
    "--interactive": "--review shows each photo with a box to tick",
    "--log-file": "the log is --log FILE",
    "--login": _SIGN_IN,
    "--max-age": "--date-limit YYYY-MM-DD leaves older photos alone",
    "--mirror": "-m syncUpload makes the other side like your folders",
    "--password": _SIGN_IN,
    "--recursive": "folders are looked through to any depth",
    "--resync": "--stateless compares the sides as they are",
    "--simulate": "a dry run is -t or --dry-run",
    "--size-only": "-c 2 compares the sizes alone",
    "--stats": "each run counts at its end what it did",
    "--status": "--check shows how all stands",
    "--update": "-m upload replaces nothing that is newer there",
    "--user": _SIGN_IN,
    "--yes": "nothing is asked that could delete; see --allowDelete",
}
"""Options of others, and what takes their place."""

MISSING_VALUES: Mapping[str, str] = {
    "compareattributes": "-c 4 compares the bytes",
    "naming": "a dry run is -t or --dry-run",
    "replace": "folders are looked through to any depth",
}
"""Options that stand alone elsewhere, and what is meant by them there."""

COMMANDS: Mapping[str, str] = {
    "about": "photosync --check",
    "auth": "photosync -a",
    "authorize": "photosync -a",
    "config": "photosync -a",
    "connect": "photosync -a",
    "dedupe": "photosync -d DIR -p WHERE -dd",
    "demo": "photosync --demo -m sync",
    "forget": "photosync -d DIR -p WHERE --purge --allowDelete SIDE",
    "help": "photosync --help",
    "history": "photosync --history ALBUM/NAME",
    "init": "photosync -a (a folder needs no beginning)",
    "list": "photosync -d DIR -p WHERE -m report -v",
    "log": "photosync --runs",
    "login": "photosync -a",
    "logout": "photosync --sign-out",
    "ls": "photosync -d DIR -p WHERE -m report -v",
    "lsd": "photosync -d DIR -p WHERE -m report",
    "lsl": "photosync -d DIR -p WHERE -m report -v",
    "modes": "photosync --modes",
    "prune": "photosync -d DIR -p WHERE --purge --allowDelete SIDE",
    "restore": "photosync --undo, or -m download for what is only there",
    "review": "photosync -d DIR -p WHERE --review",
    "runs": "photosync --runs",
    "snapshots": "photosync --runs",
    "status": "photosync --check",
    "undo": "photosync --undo",
    "verify": "photosync -d DIR -p WHERE --verify",
    "version": "photosync --version",
}
"""Commands of others that move nothing, and what to type here."""
