# Python cannot read line 2
def my_fit(:
