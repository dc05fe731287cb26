"""These are the README's examples: run inside of a pytest of their own, not by ours."""

collect_ignore_glob = ["*"]
