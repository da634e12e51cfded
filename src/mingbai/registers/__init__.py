"""The registers 台账: one folder each, all with the same furniture."""
