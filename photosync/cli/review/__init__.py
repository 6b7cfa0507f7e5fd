"""A plan in the browser, of which what is ticked is done."""
