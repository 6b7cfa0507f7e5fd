"""Every option as data: the command line, `config.toml`, the environment and the Python
API read this one table. `--help` shows the groups in this order.
"""

from photosync.config.options.option import Option
from photosync.config.options.places import PLACES, SIGNING_IN
from photosync.config.options.safety import CARE
from photosync.config.options.selection import NAMING, SELECTION
from photosync.config.options.view import VIEW
from photosync.config.options.work import ALBUM_DESCRIPTION, WORK

__all__ = ["ALBUM_DESCRIPTION", "OPTIONS", "Option"]

OPTIONS: tuple[Option, ...] = (
    *PLACES,
    *SIGNING_IN,
    *WORK,
    *SELECTION,
    *NAMING,
    *CARE,
    *VIEW,
)
