"""What every register is given: storing, intake, lists, forms, findings, the remedy road, export, indicators."""
