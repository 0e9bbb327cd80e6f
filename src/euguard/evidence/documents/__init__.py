"""One module per paper: which facts stand in it, in which order, under which article."""
