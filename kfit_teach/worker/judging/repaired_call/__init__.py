"""The exercise repaired_call: its judge, a solution, and wrong answers to tell apart."""
