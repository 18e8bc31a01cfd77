"""Facts put into words: sentences, tables, and the report that shows both with the figures."""
