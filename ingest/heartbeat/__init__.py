"""Is a source alive, on time and whole? Pure rules over what it brought per hour."""
