"""Services of PDOK (https://www.pdok.nl), the platform of the government's open geographic data."""
