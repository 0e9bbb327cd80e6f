"""How the name model is trained: texts, sentences from templates, and the network."""
