"""Quizzes: layers drawn at random, as the key that ``grade`` marks by."""
