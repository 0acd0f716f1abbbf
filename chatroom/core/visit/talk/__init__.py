"""What somebody says and tells, and what they read of what was said."""
