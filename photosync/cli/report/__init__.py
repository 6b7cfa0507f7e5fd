"""The page and the JSON of a run."""
