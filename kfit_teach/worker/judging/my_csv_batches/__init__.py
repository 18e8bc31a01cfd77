"""The exercise my_csv_batches: its judge, a solution, and wrong answers to tell apart."""
