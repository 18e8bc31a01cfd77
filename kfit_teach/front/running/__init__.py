"""Starting, watching and stopping workers."""
