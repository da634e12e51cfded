"""The contract register's own pages: a contract's life, the calendar, comparable prices, hidden contracts reported."""
