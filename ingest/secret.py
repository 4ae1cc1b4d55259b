"""Secrets of sources: a file of settings names where one is kept, never the secret itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator

from domain.errors import SettingsError
from ingest.toml_table import TomlTable

OUR_VARIABLES = "WIJKBEELD_"
"""Our own settings, which a part of ``up`` gets anew: no secret can come through in one of these."""

_HOW = 'write { env = "NAME" } or { file = "path" }; a secret itself is never written here'


class SecretRef(TomlTable):
    """Where a secret is kept: a variable of the environment, or a file; one of the two.

    Attributes:
        env: name of the variable.
        file: its path, absolute or from the folder of the settings file; a last line end is left out.
    """

    env: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] | None = None
    file: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _is_a_table(cls, value: object) -> object:
        if not isinstance(value, dict | SecretRef):
            raise ValueError(_HOW)  # noqa: TRY004 - what pydantic turns into an error of validation
        return value

    @model_validator(mode="after")
    def _names_one_place(self) -> Self:
        if (self.env is None) == (self.file is None):
            raise ValueError(_HOW)
        if self.env is not None and self.env.upper().startswith(OUR_VARIABLES):
            raise ValueError(f"give the variable a name that does not begin with {OUR_VARIABLES}")
        return self


@dataclass(frozen=True, slots=True)
class SecretReader:
    """Reads secrets where a reference says; a changed one is seen at the next reading.

    Attributes:
        environment: the variables.
    """

    environment: Mapping[str, str] = field(repr=False)

    def read(self, ref: SecretRef, folder: Path) -> SecretStr:
        """Return the secret of a reference.

        Args:
            ref: where it is.
            folder: what a relative path starts from.

        Raises:
            SettingsError: it is not there or empty; the message names the place only.
        """
        if ref.env is not None:
            text, place = self.environment.get(ref.env, ""), f"variable {ref.env}"
        else:
            path = folder / (ref.file or "")
            text, place = _text_of(path), f"file {path}"
        if not text:
            raise SettingsError(f"secret: {place} is empty or not there; put the secret into it")
        return SecretStr(text)


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise SettingsError(f"secret: file {path}: {error.strerror}; make it readable") from None
    except UnicodeDecodeError:
        raise SettingsError(f"secret: file {path}: is not UTF-8 text") from None
