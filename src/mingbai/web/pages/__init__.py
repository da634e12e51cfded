"""The pages that are no register's own: sign-in, first start, home, places, people, rules, figures, audit, jobs."""
