"""P2000: the paging network of the Dutch emergency services, received live or from an archive."""
