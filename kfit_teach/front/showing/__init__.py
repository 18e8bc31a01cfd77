"""Results as figures, tables and words. Nothing in here trains."""
