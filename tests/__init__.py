"""The tests: domain, services, faces, races, and the rules of the code itself."""
