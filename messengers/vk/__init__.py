"""VK: a community with its dialogs, and its wall where a user key allows it."""
