"""What makes the site: pages that are generated, and the checks of what came out."""
