"""The machine face without GraphQL: verification, files, health."""
