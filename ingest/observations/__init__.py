"""Team observations: a member of a wijkteam enters a signal from a closed form, without free text."""
