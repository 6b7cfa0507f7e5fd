"""Local, strict stand-ins for the web services that photosync talks to.

They serve the tests, the demonstration and the benchmarks, speak plain HTTP on
127.0.0.1 and import nothing of photosync itself.
"""
