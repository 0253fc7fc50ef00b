"""The exact wing: polynomials, theorems and derivations over sympy's domains, without floats."""
