"""The words that word problems are dressed in."""

PEOPLE = ("Mia", "Noah", "Amara", "Kenji", "Lucia", "Omar", "Priya", "Jonas", "Wei", "Sofia")
THINGS = ("lamp", "book", "jacket", "chair", "backpack", "kettle", "puzzle", "helmet", "scarf")
