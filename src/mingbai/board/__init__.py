"""Indicators of places: counted per organisation, added up along the tree, rebuilt and compared (``mingbai fsck``)."""
