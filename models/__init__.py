"""The trained artefacts, the registry that finds and verifies them, and the seven emotions."""
