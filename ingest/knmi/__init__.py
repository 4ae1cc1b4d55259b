"""KNMI: hourly weather of a station, as figures."""
