"""Does the computer see the plants as a person does? One question, and what follows from the answer."""
