"""Articles: how their plain text is divided into blocks, paragraphs and sentences."""
