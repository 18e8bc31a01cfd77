"""What a person touches: comparisons, panels, figures, sentences. Keras is never imported here."""
