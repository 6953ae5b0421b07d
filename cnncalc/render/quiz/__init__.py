"""Quizzes for students, for programs that mark them, and for course systems."""
