"""The asset register's own pages: a month's depreciation, the cards held against the books, what a card comes to."""
