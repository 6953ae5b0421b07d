"""Marked sheets for people, programs, grade books and graders."""
