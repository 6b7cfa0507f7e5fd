"""Packaging; settings of the development tools are in pyproject.toml."""

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
VERSION = re.search(r'__version__ = "(.+)"', (HERE / "photosync/__init__.py").read_text())[1]

setup(
    name="photosync",
    version=VERSION,
    description="Keep the photo albums in your folders equal with albums in other places",
    long_description=(HERE / "README.md").read_text(),
    long_description_content_type="text/markdown",
    license="MIT",
    python_requires=">=3.11",
    packages=find_packages(include=["photosync", "photosync.*"]),
    install_requires=[
        "filelock>=3.13",
        "platformdirs>=4.0",
        "rich>=13.7",
    ],
    extras_require={
        "test": [
            "hypothesis>=6.100",
            "import-linter>=2.0",
            "mypy>=1.11",
            "Pillow>=10.3",
            "pytest>=8.2",
            "pytest-timeout>=2.3",
            "ruff>=0.6",
        ],
    },
    entry_points={"console_scripts": ["photosync = photosync.cli:main"]},
)
