"""The exercise fast_batches: its judge, a solution, and wrong answers its judge must tell apart."""
