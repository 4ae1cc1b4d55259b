"""Optional geocoder: a wijk for the streets and postcodes that no table of ours knows."""
