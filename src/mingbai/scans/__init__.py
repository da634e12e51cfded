"""Scans 纸质合同: pictures of a contract handed in, read as a job, confirmed field by field by a person, and only then a record."""
