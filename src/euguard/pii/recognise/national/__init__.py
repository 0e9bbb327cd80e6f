"""National identifiers, one file per country."""
