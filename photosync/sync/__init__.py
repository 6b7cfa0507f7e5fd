"""Survey -> plan -> execute -> remember: the way of the data, and the Python API."""
