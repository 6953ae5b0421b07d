"""From a report to text: one file per output format; nothing here prints."""
