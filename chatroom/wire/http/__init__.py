"""HTTP, as far as a browser needs it to come in: what is asked for, and what is answered."""
