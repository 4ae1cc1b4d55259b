"""The local warehouse: a server that speaks ClickHouse's HTTP protocol over one embedded engine."""

from warehouse.server.config import Limits, ServerConfig
from warehouse.server.errors import DataDirTaken, PortTaken
from warehouse.server.serving import serve
from warehouse.server.users import User

__all__ = ["DataDirTaken", "Limits", "PortTaken", "ServerConfig", "User", "serve"]
