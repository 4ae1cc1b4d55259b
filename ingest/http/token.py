"""What a source knows us by."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import SecretStr

from domain.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Token:
    """The secret that goes along with each request, and is never shown.

    Attributes:
        secret: what the source gave.
        scheme: word before it in ``Authorization``; empty where a source wants the bare token.

    Raises:
        SettingsError: the secret is empty, or no header can carry it.
    """

    secret: SecretStr
    scheme: str = "Bearer"

    def __post_init__(self) -> None:
        value = self.secret.get_secret_value()
        if not (value and value.isascii() and value.isprintable() and value == value.strip()):
            raise SettingsError(
                "the token of a source is empty or holds spaces or characters that no header takes;"
                " store it anew, as one line"
            )

    def header(self) -> str:
        """Return the value of ``Authorization``."""
        return f"{self.scheme} {self.secret.get_secret_value()}".strip()
