"""Letters 文书: forms with blanks, filled in from the records; the same words on a page, in Word and as PDF."""
