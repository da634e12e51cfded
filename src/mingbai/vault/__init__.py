"""Personal data at rest: the home's keys, sealing 加密 of values and files, and marks to find a sealed value again."""
