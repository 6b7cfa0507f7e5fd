"""Packaging; settings of the development tools are in pyproject.toml."""

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
VERSION = re.search(
    r'__version__ = "(.+)"', (HERE / "photosync/__init__.py").read_text()
)[1]

# Shrinking the pictures of newer phones.
HEIC = ["pillow-heif>=1.3"]
setup(
    name="photosync",
    version=VERSION,
    description="Keep the photo albums in your folders equal with albums in other places",
    long_description=(HERE / "README.md").read_text(),
    long_description_content_type="text/markdown",
    license="MIT",
    python_requires=">=3.11",
    packages=find_packages(include=["photosync", "photosync.*"]),
    package_data={
        "photosync": ["py.typed"],
        "photosync.cli": ["*.schema.json"],
        "photosync.cli.report": ["*.schema.json", "templates/*"],
        "photosync.plan": ["*.schema.json"],
    },
    # No version with a hole that is known; CONTRIBUTING.md says how that is kept so.
    install_requires=[
        "defusedxml>=0.7",
        "ExifRead>=3.5",
        "flickrapi==2.4.0",
        "google-api-python-client>=2.100",
        "google-auth>=2.30",
        "google-auth-oauthlib>=1.2",
        "httplib2>=0.22",
        "jinja2>=3.1.6",
        "oauthlib>=3.2.2",
        "Pillow>=12.3",
        "platformdirs>=4.0",
        "pyasn1>=0.6.4",
        "requests>=2.33",
        "requests-toolbelt>=1.0",
        "requests-oauthlib>=2.0",
        "rich>=13.7",
        "tenacity>=8.3",
        "urllib3>=2.7",
        "werkzeug>=3.1.4",
    ],
    extras_require={
        # What it brought is needed by --review, too, and comes with all the rest.
        "demo": [],
        "heic": HEIC,
        "test": [
            *HEIC,
            "cryptography>=42",
            "hypothesis>=6.100",
            "import-linter>=2.0",
            "jsonschema>=4.20",
            "mypy>=1.11",
            "pyte>=0.8.2",
            "pytest>=8.2",
            "pytest-timeout>=2.3",
            "pytest-xdist>=3.6",
            "ruff>=0.6",
            # A virtual environment of Python 3.12 and newer comes without it.
            "setuptools>=68",
            "types-defusedxml>=0.7",
            "types-jsonschema>=4.20",
            "types-oauthlib>=3.2",
            "types-requests>=2.31",
            "types-requests-oauthlib>=2.0",
        ],
    },
    entry_points={"console_scripts": ["photosync = photosync.cli:main"]},
)
