"""What tests share: worlds, clocks, servers, databases."""
