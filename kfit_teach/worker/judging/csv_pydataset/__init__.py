"""The exercise csv_pydataset: its judge, a solution, and wrong answers to tell apart."""
