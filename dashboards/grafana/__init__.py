"""The boards for Grafana: dashboard JSON, provisioning, and pushing them to a running Grafana."""
