"""The exercise my_fit: its judge, a solution, and wrong answers that its judge must tell apart."""
