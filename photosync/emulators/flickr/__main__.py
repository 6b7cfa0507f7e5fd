"""Runs the emulated Flickr in the foreground."""

import argparse
import json
import threading
from pathlib import Path

from photosync.emulators.flickr.emulator import FlickrEmulator


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m photosync.emulators.flickr")
    parser.add_argument(
        "--directory", type=Path, required=True, help="where the state is kept"
    )
    parser.add_argument(
        "--port", type=int, default=0, help="port to listen on, 0 for a free one"
    )
    arguments = parser.parse_args()
    with FlickrEmulator(arguments.directory, port=arguments.port) as emulator:
        print(f"url: {emulator.url}", flush=True)  # noqa: T201 - the purpose of this program
        path = arguments.directory / "client_secrets.json"
        path.write_text(json.dumps(emulator.client_secrets(), indent=2))
        print(f"client secrets: {path}", flush=True)  # noqa: T201 - likewise
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
