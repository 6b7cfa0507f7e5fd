"""What the user set: one table of options, read from the command line, the environment,
config.toml.
"""
