"""How a disk is changed so that a crash loses nothing."""
