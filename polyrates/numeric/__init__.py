"""The float wing: series, enclosures, optimization and runs in numpy, without sympy."""
