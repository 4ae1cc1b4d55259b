"""The sources as a person sees them: listed, checked, asked."""
