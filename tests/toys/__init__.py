"""A method and an estimator as a user would add them, in one file each."""
