"""Homework: keys with their right answers, sheets with those of students, and what they score."""
