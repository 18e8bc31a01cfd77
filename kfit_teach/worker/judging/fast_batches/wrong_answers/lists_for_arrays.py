# must be arrays of NumPy
def fast_batches(file, batch_size):
    rows = [[int(value) for value in line.split(",")] for line in open(file)]
    for start in range(0, len(rows), batch_size):
        cut = rows[start : start + batch_size]
        yield [[value / 255 for value in row[1:]] for row in cut], [row[0] for row in cut]
