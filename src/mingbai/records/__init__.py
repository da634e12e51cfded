"""The door for writing and what stands behind it: ``commit()``, the audit chain, attachments, decisions, receipts, jobs."""
