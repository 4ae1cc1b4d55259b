"""The push gateway: partners and sensors hand in events as CloudEvents over HTTP."""

from ingest.gateway.config import Contact, GatewayConfig, Limits
from ingest.gateway.service import run

__all__ = ["Contact", "GatewayConfig", "Limits", "run"]
