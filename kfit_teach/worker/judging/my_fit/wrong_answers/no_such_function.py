# There is no function my_fit
def fit_it():
    pass
