"""HTTP to the sources: bounded in size and time, and every failure a Transient or a Terminal of ours."""
