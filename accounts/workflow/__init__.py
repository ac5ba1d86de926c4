"""What happens to accounts and to the access journal."""

from accounts.workflow.journal import anchor_journal, seal_journal, write_journal

__all__ = ["anchor_journal", "seal_journal", "write_journal"]
