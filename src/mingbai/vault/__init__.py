"""Personal data at rest: the home's keys, sealing 加密 of values and files, and marks to find a sealed value again."""

LAST_BACKUP = "backup.json"
"""In the home: when it was last backed up, and into which file."""
