"""`python -m photosync`."""

import sys

from photosync.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
