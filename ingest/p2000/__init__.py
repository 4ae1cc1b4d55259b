"""P2000: the paging network of the Dutch emergency services, as multimon-ng prints it or an archive keeps it."""
