"""The instruments: memory, time, who was seen, and the statistics of ratios. No Keras in here."""
