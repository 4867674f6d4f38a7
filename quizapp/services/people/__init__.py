"""Who people are: accounts, sessions, links, what they may ask to see or have erased."""
