# Your cell ended with ModuleNotFoundError
import none_such_module
