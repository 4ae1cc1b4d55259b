"""Which unknown fields are named in an answer.

The name of a field that is not ours is the sender's text and may itself say something of a person, so
only names of this closed list are repeated; any other is ``*``.
"""

from __future__ import annotations

UNKNOWN = "*"

_KNOWN = frozenset(
    {
        "address", "adres", "alias", "attachment", "attachments", "bagid", "birthdate", "bsn", "caseid",
        "category", "citizen", "city", "comment", "comments", "contact", "coordinates", "count",
        "counts", "created", "createdat", "datacontentencoding", "datacontenttype", "dataref",
        "dataschema", "database64", "date", "deleted", "description", "dossier", "email", "emailaddress",
        "firstname", "foto", "free", "freetext", "geboortedatum", "geometry", "house", "housenumber",
        "huisnummer", "iban", "id", "image", "kenteken", "kind", "lastname", "lat", "latitude",
        "licenseplate", "location", "lon", "longitude", "melder", "melding", "message", "naam", "name",
        "note", "notes", "officer", "omschrijving", "opmerking", "opmerkingen", "owner", "person",
        "phone", "phonenumber", "photo", "plaats", "plate", "postalcode", "postcode", "priority",
        "reporter", "risk", "sensor", "sensorid", "sequence", "sequencetype", "source", "specversion",
        "status", "straat", "street", "subject", "suspect", "telefoon", "tekst", "text", "textextra",
        "theme", "time", "timestamp", "title", "toelichting", "tracestate", "traceparent", "type",
        "units", "url", "user", "value", "verdachte", "victim", "voornaam", "wijk", "witness", "zipcode",
    }
)  # fmt: skip


def known_name(name: str) -> str:
    """Return ``name`` as it stands in the list, or ``*`` if it is not there."""
    plain = name.lower().replace("_", "").replace("-", "")
    return plain if plain in _KNOWN else UNKNOWN
