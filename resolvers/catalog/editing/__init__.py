"""What editors do: drafts, their rules, and how a draft becomes what viewers see."""
