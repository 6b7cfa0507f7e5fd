"""How long a run took, as its end tells."""

from __future__ import annotations

import re
from pathlib import Path

from harness import flickr_world
from harness.flickr_world import jpeg

from photosync.emulators.traffic import Fault


def test_the_time_of_reading_is_part_of_it(tmp_path: Path) -> None:
    for world in flickr_world.world_below(tmp_path):
        world.here("Rome/a.jpg", jpeg("a"))
        # The work itself takes less than half a second, which would be told as 0.
        slow = Fault("photosets.getList", "slow", seconds=3)
        world.flickr.traffic.plan(slow)
        said = world.run("-d", world.local, "-p", "flickr").out
        done = re.search(r"Done in (\d+) s", said)
        assert done is not None
        assert int(done[1]) >= 3
