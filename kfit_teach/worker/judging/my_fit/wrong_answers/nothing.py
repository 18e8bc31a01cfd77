# There is no function my_fit
