from taken_in import books, district

__all__ = ["books", "district"]
