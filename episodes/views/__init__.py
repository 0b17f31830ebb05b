"""The public site: views that read the published tables and answer the same to everybody."""
