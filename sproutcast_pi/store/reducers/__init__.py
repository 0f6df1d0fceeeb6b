"""Every write there is: named, validated, transactional functions."""
