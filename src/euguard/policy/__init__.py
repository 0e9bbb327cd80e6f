"""The rules: policy files as frozen values, and the decision on one request."""
