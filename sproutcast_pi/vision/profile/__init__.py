"""Site profiles: what confirmed photographs of a place taught."""
