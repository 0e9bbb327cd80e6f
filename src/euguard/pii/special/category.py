"""The categories of personal data that the GDPR protects most."""

from enum import StrEnum


class SpecialCategory(StrEnum):
    """What Article 9(1) GDPR forbids to process without a ground of 9(2), and Article 10."""

    HEALTH = "health"
    """Data concerning health: Articles 4(15) and 9(1)."""
    RELIGION = "religion"
    """Religious or philosophical beliefs: Article 9(1)."""
    POLITICS = "politics"
    """Political opinions: Article 9(1)."""
    UNION = "union"
    """Trade union membership: Article 9(1)."""
    ORIENTATION = "orientation"
    """A person's sex life or sexual orientation: Article 9(1)."""
    ORIGIN = "origin"
    """Racial or ethnic origin: Article 9(1)."""
    GENETIC = "genetic"
    """Genetic data: Articles 4(13) and 9(1)."""
    BIOMETRIC = "biometric"
    """Biometric data, by which a person is identified: Articles 4(14) and 9(1)."""
    CRIMINAL = "criminal"
    """Criminal convictions and offences: Article 10."""
