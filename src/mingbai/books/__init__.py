"""The books 账簿: double entry under the statutory system of rural collectives, booked from what happened."""
