"""The template of a report with its style and scripts, and what a page of it may load."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

_TEMPLATES = "photosync.cli.report.templates"
_STYLE = "report.css"
_SCRIPTS = ("report.js", "review.js")
_OPTION = re.compile("(?<!\\S)--\\S+")


def read_style() -> Markup:
    """Return the style of the page."""
    return Markup(_read(_STYLE))  # noqa: S704 - our own file


def list_scripts(*, is_review: bool) -> list[Markup]:
    """Return the scripts of the page."""
    # The second one sends what is ticked, which only a review takes.
    names = _SCRIPTS if is_review else _SCRIPTS[:1]
    return [Markup(_read(name)) for name in names]  # noqa: S704 - our own files


def make_content_policy(*, is_served: bool) -> str:
    """Return what a page may load: its own style and scripts and pictures, no more."""
    scripts = " ".join(_hash(_read(name)) for name in _SCRIPTS)
    rules = [
        "default-src 'none'",
        "img-src 'self' data:" if is_served else "img-src data:",
        f"style-src {_hash(_read(_STYLE))}",
        f"script-src {scripts}",
        "connect-src 'self'" if is_served else "connect-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join(rules)


def get_template() -> Template:
    """Return the page with holes, which escapes whatever is put into them."""
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["keep_options"] = _keep_options
    return environment.from_string(_read("report.html"))


def _keep_options(text: str) -> Markup:
    """Return a text whose options are not taken apart at the end of a line."""
    whole = Markup('<span class="option">{}</span>')
    parts = _OPTION.split(text)
    options = [whole.format(option) for option in _OPTION.findall(text)]
    kept = Markup("")
    # What is added to it is escaped.
    for part, option in zip(parts, [*options, ""], strict=True):
        kept += part
        kept += option
    return kept


def _read(name: str) -> str:
    path = files(_TEMPLATES) / name
    return path.read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return the hash by which the page lets this one script or style in, and no other."""
    digest = hashlib.sha256(text.encode()).digest()
    encoded = base64.b64encode(digest).decode("ascii")
    return f"'sha256-{encoded}'"
