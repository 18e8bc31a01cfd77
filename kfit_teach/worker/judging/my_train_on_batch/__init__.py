"""The exercise my_train_on_batch: its judge, a solution, and wrong answers told apart."""
