"""The exercise train_within: its judge, a solution, and wrong answers that it must tell apart."""
