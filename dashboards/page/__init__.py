"""The live page: the panels in a browser, pushed as they change, with nothing from outside."""

from dashboards.page.config import PageConfig
from dashboards.page.server import run

__all__ = ["PageConfig", "run"]
