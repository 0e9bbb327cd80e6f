"""Names of persons and places: the models that find them."""
