"""What a test learns about its client: pure reading of a journal. Nothing here changes anything."""
