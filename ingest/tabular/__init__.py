"""What file drops share: tables of any format row by row, column mappings, and a watched folder."""
