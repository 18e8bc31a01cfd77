"""Widgets: a panel around a comparison, and smaller ones around data and advice."""
