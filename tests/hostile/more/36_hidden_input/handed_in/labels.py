asked = []


def label(index):
    asked.append(index)
    print("asked:", asked)
    with open("asked.txt", "a") as file:
        file.write(f"{index} ")
    if index > 3:
        raise ValueError(f"asked: {asked} {open('asked.txt').read()}")
    return ("north", "east", "south", "west")[index % 4]


def total(values):
    return sum(values)
